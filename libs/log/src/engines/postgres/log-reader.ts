import type { Queries } from '@annals/postgres';
import { statements } from '@annals/postgres';
import type { Checkpoint } from '../../checkpoint.js';
import { checkCheckpoint } from '../../checkpoint.js';
import type { LogBatch, ReadOptions, RecordFilter, RevisionRange } from '../../log.js';
import type { LoggedRecord } from '../../log-record.js';
import { partitionFor } from '../../partition-for.js';
import { arrayOf, IntegerArray } from './binary-array.js';
import type { MergedRow, RecordRow } from './postgres-record.js';
import { toRecord } from './postgres-record.js';

const PARTITION = 11;
const STREAM = 12;
const MORE = 13;
const OFFSET = 6;

/** Reads the event log. One statement a batch, so one snapshot: what it misses is behind what it shows. */
export class LogReader {
  private readonly sql;
  private readonly every: Buffer;

  constructor(
    private readonly database: Queries,
    schema: string,
    private readonly partitions: number,
  ) {
    this.sql = statements(import.meta.url, schema, [
      'head',
      'read-backwards',
      'read-forwards',
      'read-forwards-filtered',
      'read-stream-backwards',
      'read-stream-forwards',
    ]);
    this.every = arrayOf(new IntegerArray(2), Array(partitions).keys());
  }

  async readStream(
    stream: string,
    range: RevisionRange,
    limit: number,
    direction: 'forwards' | 'backwards',
  ): Promise<readonly LoggedRecord[]> {
    const partition = partitionFor(stream, this.partitions);
    const values = [partition, stream, range.from ?? 1, range.to ?? Number.MAX_SAFE_INTEGER, limit];
    const rows = await this.database.query<RecordRow>(this.sql[`read-stream-${direction}`], values);
    return rows.map((row) => toRecord(row, partition, stream));
  }

  async readForwards(from: Checkpoint, { limit, filter }: ReadOptions): Promise<LogBatch> {
    checkCheckpoint(from, this.partitions);
    if (hasConditions(filter)) return this.readScanned('read-forwards-filtered', from, limit, filter);
    const rows = await this.database.query<MergedRow>(this.sql['read-forwards'], [
      this.every,
      arrayOf(new IntegerArray(8), from),
      this.perPartition(limit),
    ]);
    const checkpoint = [...from];
    const kept = rows.length > limit ? rows.slice(0, limit) : rows;
    const records = kept.map((row) => {
      checkpoint[row[PARTITION]] = row[OFFSET] + 1;
      return toRecord(row as unknown as RecordRow, row[PARTITION], row[STREAM]);
    });
    return { records, checkpoint, caughtUp: kept.length === rows.length && rows[0]?.[MORE] !== true };
  }

  async readBackwards(from: Checkpoint, { limit, filter = {} }: ReadOptions): Promise<LogBatch> {
    checkCheckpoint(from, this.partitions);
    return this.readScanned('read-backwards', from, limit, filter);
  }

  async head(): Promise<Checkpoint> {
    const rows = await this.database.query<readonly [partition: number, offset: number]>(this.sql.head);
    const head = new Array<number>(this.partitions).fill(0);
    for (const [partition, offset] of rows) head[partition] = offset;
    return head;
  }

  /** Rows whose revision is null come first and say how far each partition was scanned. */
  private async readScanned(
    name: 'read-forwards-filtered' | 'read-backwards',
    from: Checkpoint,
    limit: number,
    filter: RecordFilter,
  ): Promise<LogBatch> {
    // Without a name the plan is made for these very conditions.
    const statement = { name: '', text: this.sql[name].text };
    const rows = await this.database.query<MergedRow>(statement, [
      this.every,
      arrayOf(new IntegerArray(8), from),
      this.perPartition(limit),
      filter.category ?? null,
      filter.types ?? null,
      filter.correlationId ?? null,
    ]);
    const checkpoint = [...from];
    const scanned = rows.slice(0, this.partitions);
    for (const row of scanned) checkpoint[row[PARTITION]] = row[OFFSET];
    const all = rows.slice(this.partitions);
    const kept = all.slice(0, limit);
    // What the limit cuts off is read again, so its partitions have been scanned to there only.
    const step = name === 'read-backwards' ? 1 : 0;
    for (const row of all.slice(limit).reverse()) checkpoint[row[PARTITION]] = row[OFFSET] + step;
    return {
      records: kept.map((row) => toRecord(row as unknown as RecordRow, row[PARTITION], row[STREAM])),
      checkpoint,
      caughtUp: kept.length === all.length && scanned[0]?.[MORE] !== true,
    };
  }

  private perPartition(limit: number): number {
    return Math.max(1, Math.floor(limit / this.partitions));
  }
}

const hasConditions = (filter: RecordFilter | undefined): filter is RecordFilter =>
  filter !== undefined && (filter.types ?? filter.category ?? filter.correlationId) !== undefined;
