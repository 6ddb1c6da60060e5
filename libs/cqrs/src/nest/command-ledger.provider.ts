import { PostgresLog } from '@annals/log';
import type { FactoryProvider } from '@nestjs/common';
import { CommandLedger } from '../commanding/command-ledger.js';
import { InMemoryCommandLedger } from '../engines/in-memory/in-memory-command-ledger.js';
import { PostgresCommandLedger } from '../engines/postgres/postgres-command-ledger.js';
import { CQRS_OPTIONS } from './cqrs.module-definition.js';
import type { CqrsModuleOptions } from './cqrs.options.js';

/** The ledger of commands, beside the event store. */
export const commandLedgerProvider: FactoryProvider<Promise<CommandLedger>> = {
  provide: CommandLedger,
  inject: [CQRS_OPTIONS, { token: PostgresLog, optional: true }],
  useFactory: async ({ schema }: CqrsModuleOptions, log: PostgresLog | undefined) =>
    log === undefined ? new InMemoryCommandLedger() : PostgresCommandLedger.open(log.database, schema),
};
