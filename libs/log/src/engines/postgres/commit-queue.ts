import type { Database, Queries } from '@annals/postgres';
import type { AppendOutcome } from '../../stream-append.js';
import type { AppendGroup } from './append-batch.js';
import type { Appender } from './appender.js';
import type { ResolvedLogOptions } from './postgres-log.options.js';

export class CommitQueue {
  constructor(private readonly database: Database, private readonly appender: Appender, readonly options: ResolvedLogOptions) {}
  async submit(group: AppendGroup): Promise<AppendOutcome> {
    const [outcome] = await this.database.withConnection((connection) => this.appender.append(connection, [group]));
    return outcome as AppendOutcome;
  }
  async insist<Result>(work: (connection: Queries) => Promise<Result>): Promise<Result> {
    return this.database.withConnection(work);
  }
  async stop(): Promise<void> {}
}
