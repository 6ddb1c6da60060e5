import { markedSingletons } from '@annals/message';
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
    const marksOf = ({ prototype }: { readonly prototype: unknown }) => recurringMethodsOf(prototype as object);
    const found = markedSingletons(this.modules, ['providers'], marksOf, (name) => {
      return new InvalidSchedule(`${name} has timetables, but is made per request: make it a singleton`);
    });
    for (const { instance, mark } of found) {
      const { options, method } = mark;
      const make = (due: Date) => (instance as Record<PropertyKey, (due: Date) => object>)[method]?.(due) as object;
      this.scheduler.addTimetable(options, make);
      some = true;
    }
    if (some && (this.options.scheduler?.autoStart ?? true)) this.scheduler.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.scheduler.stop();
  }
}
