import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { CommandScheduler } from '../commanding/scheduling/command-scheduler.js';
import { InvalidSchedule } from '../commanding/scheduling/invalid-schedule.js';
import { recurringMethodsOf } from '../commanding/scheduling/recurring.js';
import { scheduledNames } from '../commanding/scheduling/scheduled-command.js';
import { CQRS_OPTIONS } from './cqrs.module-definition.js';
import type { CqrsModuleOptions } from './cqrs.options.js';

/** Finds the application's timetables, and starts and stops the scheduler with it. */
@Injectable()
export class ScheduleExplorer implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(
    @Inject(CQRS_OPTIONS) private readonly options: CqrsModuleOptions,
    private readonly modules: ModulesContainer,
    private readonly scheduler: CommandScheduler,
  ) {}

  /** @throws InvalidSchedule (`CQRS_INVALID_SCHEDULE`) for a timetable that cannot work */
  onApplicationBootstrap(): void {
    let some = false;
    for (const name of scheduledNames()) {
      this.scheduler.handles(name);
      some = true;
    }
    for (const instance of this.find()) {
      for (const { options, method } of recurringMethodsOf(Object.getPrototypeOf(instance) as object)) {
        const make = (due: Date) => (instance as Record<PropertyKey, (due: Date) => object>)[method]?.(due) as object;
        this.scheduler.addTimetable(options, make);
        some = true;
      }
    }
    if (some && (this.options.scheduler?.autoStart ?? true)) this.scheduler.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.scheduler.stop();
  }

  private find(): ReadonlySet<object> {
    const found = new Set<object>();
    for (const module of this.modules.values()) {
      for (const wrapper of module.providers.values()) {
        const type: unknown = wrapper.inject ? (wrapper.instance as object | undefined)?.constructor : wrapper.metatype;
        if (typeof type !== 'function' || recurringMethodsOf(type.prototype as object).length === 0) continue;
        if (!wrapper.isDependencyTreeStatic())
          throw new InvalidSchedule(`${type.name} has timetables, but is made per request: make it a singleton`);
        found.add(wrapper.instance as object);
      }
    }
    return found;
  }
}
