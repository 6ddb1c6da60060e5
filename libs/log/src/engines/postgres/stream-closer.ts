import type { Database } from '@annals/postgres';
import { isConnectionLoss, sqlState, statements } from '@annals/postgres';
import { hasCode } from '@annals/message';
import type { CloseOutcome, Closing, RestoreOutcome } from '../../closing.js';
import type { LogRecord } from '../../log-record.js';
import { LogUnavailable } from '../../log-unavailable.js';
import { partitionFor } from '../../partition-for.js';
import type { ResolvedLogOptions } from './postgres-log.options.js';

const LOCK_NOT_AVAILABLE = '55P03';

/** Archives, tombstones and restores streams, a transaction each. All of it may be repeated after a failure. */
export class StreamCloser {
  private readonly sql;

  constructor(
    private readonly database: Database,
    private readonly options: ResolvedLogOptions,
  ) {
    this.sql = statements(import.meta.url, options.schema, ['close-stream', 'restore-stream']);
  }

  /** @throws LogUnavailable (`LOG_UNAVAILABLE`) */
  async close(
    stream: string,
    { id, type, data, metadata, tenant }: LogRecord & { readonly type: Closing },
  ): Promise<CloseOutcome> {
    return this.ask<CloseOutcome>('close-stream', stream, [type, id, data, metadata, tenant]);
  }

  /** @throws LogUnavailable (`LOG_UNAVAILABLE`) */
  async restore(stream: string): Promise<RestoreOutcome> {
    return this.ask<RestoreOutcome>('restore-stream', stream, []);
  }

  private async ask<Outcome>(
    name: 'close-stream' | 'restore-stream',
    stream: string,
    rest: readonly unknown[],
  ): Promise<Outcome> {
    const partition = partitionFor(stream, this.options.partitions);
    try {
      const [row] = await this.database.query<readonly [Outcome]>(this.sql[name], [partition, stream, ...rest]);
      if (row === undefined) throw new Error(`${name} returned no row`);
      return row[0];
    } catch (error) {
      const lost = hasCode(error, 'POSTGRES_UNAVAILABLE') || isConnectionLoss(error);
      if (!lost && sqlState(error) !== LOCK_NOT_AVAILABLE) throw error;
      throw new LogUnavailable(`Whether stream ${stream} was closed or restored is not known: ask for it again`, error);
    }
  }
}
