import { PostgresLog, UnitOfWork } from '@annals/log';
import type { FactoryProvider } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { CommandScheduler } from '../commanding/scheduling/command-scheduler.js';
import { PostgresScheduleStore } from '../engines/postgres/postgres-schedule-store.js';
import { NoScheduleStore } from './no-schedule-store.js';
import { CQRS_OPTIONS } from './cqrs.module-definition.js';
import type { CqrsModuleOptions } from './cqrs.options.js';

/** The scheduler of commands, on the event store's Postgres; without one it refuses to schedule. */
export const commandSchedulerProvider: FactoryProvider<Promise<CommandScheduler>> = {
  provide: CommandScheduler,
  inject: [CQRS_OPTIONS, CommandBus, { token: PostgresLog, optional: true }, { token: UnitOfWork, optional: true }],
  useFactory: async (
    { schema, scheduler = {} }: CqrsModuleOptions,
    commands: CommandBus,
    log: PostgresLog | undefined,
    unitOfWork: UnitOfWork | undefined,
  ) => {
    const store = log === undefined ? new NoScheduleStore() : await PostgresScheduleStore.open(log.database, schema);
    const { autoStart: _, ...options } = scheduler;
    const parts = { store, execute: (command: object) => commands.execute(command), unit: () => unitOfWork?.current() };
    return new CommandScheduler(parts, options);
  },
};
