import { randomUUID } from 'node:crypto';
import { newId } from '@annals/message';
import type { Queries } from '@annals/postgres';
import { Database, migrate, statements, WakeUps } from '@annals/postgres';
import type { Checkpoint } from '../../checkpoint.js';
import type {
  LogBatch,
  PartitionRecords,
  PartitionToRead,
  ReadOptions,
  RecordFilter,
  RevisionRange,
} from '../../log.js';
import { Log } from '../../log.js';
import type { CloseOutcome, Closing, RestoreOutcome } from '../../closing.js';
import type { LoggedRecord, LogRecord, RecordData } from '../../log-record.js';
import type { AppendOutcome, StreamAppend } from '../../stream-append.js';
import type { WakesReaders } from '../../wakes-readers.js';
import { placed } from './append-batch.js';
import { Appender } from './appender.js';
import { CommitQueue } from './commit-queue.js';
import { LogReader } from './log-reader.js';
import type { PostgresLogOptions, ResolvedLogOptions } from './postgres-log.options.js';
import { resolveLogOptions } from './postgres-log.options.js';
import { PartitionsFixed } from './partitions-fixed.js';
import { StreamCloser } from './stream-closer.js';
import { SchemaNotApart } from './schema-not-apart.js';

const LOG_MIGRATIONS = { lib: 'log', directory: new URL('./migrations/', import.meta.url) };

/** The event log in Postgres. */
export class PostgresLog extends Log implements WakesReaders {
  /** Whether statements stay prepared on their connection. */
  readonly prepare: boolean;
  private readonly sql;
  private readonly reader: LogReader;
  private readonly appender: Appender;
  private readonly closer: StreamCloser;
  private readonly queue: CommitQueue;
  private stopped: Promise<void> | undefined;

  /**
   * Brings the schema up to date, creates the log if it is not there, and starts to listen for other processes.
   * @throws PartitionsFixed (`LOG_PARTITIONS_FIXED`) when the log has another number of partitions than asked for,
   *   SchemaNotApart (`LOG_SCHEMA_NOT_APART`) when the application's own tables would be created in the log's schema,
   *   RangeError naming every fault of the options, PostgresUnavailable (`POSTGRES_UNAVAILABLE`)
   */
  static async open(given: PostgresLogOptions): Promise<PostgresLog> {
    const options = resolveLogOptions(given);
    const database = new Database(options);
    const wakeUps = new WakeUps(database, `${options.schema}_events`);
    try {
      await migrate(database, options.schema, [LOG_MIGRATIONS]);
      const sql = statements(import.meta.url, options.schema, ['create-log', 'describe-log', 'where-tables-go']);
      const [place] = await database.query<readonly [schema: string | null, user: string]>(sql['where-tables-go']);
      if (place?.[0] === options.schema) throw new SchemaNotApart(options.schema, place[1]);
      await database.query(sql['create-log'], [options.partitions, randomUUID()]);
      const [row] = await database.query<readonly [number, string]>(sql['describe-log']);
      if (row?.[0] !== options.partitions) throw new PartitionsFixed(row?.[0] ?? 0, options.partitions);
      await wakeUps.start();
    } catch (error) {
      await wakeUps.stop();
      await database.stop();
      throw error;
    }
    return new PostgresLog(database, wakeUps, options);
  }

  private constructor(
    readonly database: Database,
    private readonly wakeUps: WakeUps,
    private readonly options: ResolvedLogOptions,
  ) {
    super();
    const { schema, partitions, lockWaitMs } = options;
    this.prepare = options.prepare;
    this.sql = statements(import.meta.url, schema, ['claim-marker', 'describe-log', 'mark-unit']);
    this.reader = new LogReader(database, schema, partitions);
    this.appender = new Appender(schema, lockWaitMs);
    this.closer = new StreamCloser(database, options);
    this.queue = new CommitQueue(database, this.appender, options, () => this.announce());
  }

  /** In which its tables are. */
  get schema(): string {
    return this.options.schema;
  }

  override get partitions(): number {
    return this.options.partitions;
  }

  override append(appends: readonly StreamAppend[]): Promise<AppendOutcome> {
    return this.queue.submit(appends);
  }

  override readStream(
    stream: string,
    range: RevisionRange,
    limit: number,
    direction: 'forwards' | 'backwards',
  ): Promise<readonly LoggedRecord[]> {
    return this.reader.readStream(stream, range, limit, direction);
  }

  override readData(stream: string, range: RevisionRange, limit: number): Promise<readonly RecordData[]> {
    return this.reader.readData(stream, range, limit);
  }

  override readArchived(
    stream: string,
    range: RevisionRange,
    limit: number,
    direction: 'forwards' | 'backwards',
  ): Promise<readonly LoggedRecord[]> {
    return this.reader.readArchived(stream, range, limit, direction);
  }

  override async closeStream(stream: string, marker: LogRecord & { readonly type: Closing }): Promise<CloseOutcome> {
    const outcome = await this.closer.close(stream, marker);
    if (outcome === 'closed') this.announce();
    return outcome;
  }

  override restoreStream(stream: string): Promise<RestoreOutcome> {
    return this.closer.restore(stream);
  }

  override readForwards(from: Checkpoint, options: ReadOptions): Promise<LogBatch> {
    return this.reader.readForwards(from, options);
  }

  override readPartitions(
    wanted: readonly PartitionToRead[],
    filter?: RecordFilter,
  ): Promise<readonly PartitionRecords[]> {
    return this.reader.readPartitions(wanted, filter);
  }

  override readBackwards(from: Checkpoint, options: ReadOptions): Promise<LogBatch> {
    return this.reader.readBackwards(from, options);
  }

  override head(): Promise<Checkpoint> {
    return this.reader.head();
  }

  override async incarnation(): Promise<string> {
    const [row] = await this.database.query<readonly [number, string]>(this.sql['describe-log']);
    if (row === undefined) throw new Error(`There is no event log in schema "${this.options.schema}"`);
    return row[1];
  }

  onAppend(wake: () => void): () => void {
    return this.wakeUps.onWake(wake);
  }

  /** Wakes the readers of all processes. */
  announce(): void {
    this.wakeUps.announce();
  }

  override async stop(): Promise<void> {
    this.stopped ??= this.close();
    await this.stopped;
  }

  /** Appends inside the transaction that `connection` has open; the outcome is as at `append`, and holds if it commits. */
  async flush(connection: Queries, appends: readonly StreamAppend[]): Promise<AppendOutcome> {
    const [outcome] = await this.appender.append(connection, [placed(appends, this.partitions)], {
      holdMs: this.options.holdMs,
    });
    if (outcome === undefined || outcome.outcome === 'locked' || outcome.outcome === 'stored') {
      throw new Error(`A flush cannot end as ${outcome?.outcome ?? 'nothing'}`);
    }
    return outcome;
  }

  /** Leaves a trace of the transaction that `connection` has open, for `isMarked`. */
  async mark(connection: Queries): Promise<string> {
    const marker = newId();
    await connection.query(this.sql['mark-unit'], [marker]);
    return marker;
  }

  /** Whether the transaction that left `marker` has committed; waits until that is decided. */
  async isMarked(marker: string): Promise<boolean> {
    return this.queue.insist(async (connection) => {
      const claimed = await connection.query(this.sql['claim-marker'], [marker]);
      return claimed.length === 0;
    });
  }

  /** Whether the transaction that flushed `appends` has committed; waits until that is decided. */
  async isStored(appends: readonly StreamAppend[]): Promise<boolean> {
    return this.queue.insist(async (connection) => {
      const [stored] = await this.appender.stored(connection, [placed(appends, this.partitions)]);
      return stored?.outcome === 'appended';
    });
  }

  private async close(): Promise<void> {
    await this.queue.stop();
    await this.wakeUps.stop();
    await this.database.stop();
  }
}
