import type { Queries, Statement } from '@annals/postgres';
import { statements } from '@annals/postgres';
import type { Checkpoint } from '../../checkpoint.js';
import { checkCheckpoint } from '../../checkpoint.js';
import type {
  LogBatch,
  PartitionRecords,
  PartitionToRead,
  ReadOptions,
  RecordFilter,
  RevisionRange,
} from '../../log.js';
import type { LoggedRecord, RecordData } from '../../log-record.js';
import { partitionFor } from '../../partition-for.js';
import { arrayOf, IntegerArray } from '@annals/postgres';
import type { PartitionsToRead } from './partition-buffers.js';
import { PartitionBuffers } from './partition-buffers.js';
import type { BackwardsRow, DataRow, MergedRow, RecordRow } from './postgres-record.js';
import { toRecord } from './postgres-record.js';

const PARTITION = 11;
const STREAM = 12;
const MORE = 13;
const READ_TO = 13;
const OFFSET = 6;
/** Offsets of each partition that one statement looks at for some types: a tenth of a second's work at the most. */
const LOOKED_AT = 20_000;

/** What to read, partition by partition. */
interface Shares {
  readonly partitions: readonly number[];
  readonly offsets: readonly number[];
  readonly most: readonly number[];
}

const sharesOf = ({ partitions, offsets, most }: PartitionsToRead): Shares => ({
  partitions,
  offsets,
  most: partitions.map(() => most),
});

/** Reads the event log. A statement has one snapshot: what it misses is behind what it shows. */
export class LogReader {
  private readonly sql;
  private readonly every: Buffer;
  /** What was read ahead of a checkpoint that was handed out; it goes with the checkpoint. */
  private readonly buffered = new WeakMap<
    Checkpoint,
    { buffers: PartitionBuffers; filter: RecordFilter | undefined }
  >();

  constructor(
    private readonly database: Queries,
    schema: string,
    private readonly partitions: number,
  ) {
    this.sql = statements(import.meta.url, schema, [
      'head',
      'read-archived-backwards',
      'read-archived-forwards',
      'read-backwards',
      'read-partitions',
      'read-partitions-by-category',
      'read-partitions-by-correlation',
      'read-partitions-by-type',
      'read-stream-backwards',
      'read-stream-data',
      'read-stream-forwards',
    ]);
    this.every = arrayOf(new IntegerArray(2), Array(partitions).keys());
  }

  readStream(
    stream: string,
    range: RevisionRange,
    limit: number,
    direction: 'forwards' | 'backwards',
  ): Promise<readonly LoggedRecord[]> {
    return this.readOne(this.sql[`read-stream-${direction}`], stream, range, limit);
  }

  readArchived(
    stream: string,
    range: RevisionRange,
    limit: number,
    direction: 'forwards' | 'backwards',
  ): Promise<readonly LoggedRecord[]> {
    return this.readOne(this.sql[`read-archived-${direction}`], stream, range, limit);
  }

  async readData(stream: string, { from = 1, to }: RevisionRange, limit: number): Promise<readonly RecordData[]> {
    const values = [partitionFor(stream, this.partitions), stream, from, to ?? Number.MAX_SAFE_INTEGER, limit];
    const rows = await this.database.query<DataRow>(this.sql['read-stream-data'], values);
    return rows.map(([revision, type, version, data]) => ({ revision, type, version, data }));
  }

  async readForwards(from: Checkpoint, { limit, filter }: ReadOptions): Promise<LogBatch> {
    checkCheckpoint(from, this.partitions);
    const buffers = this.buffersAt(from, filter);
    let rows: readonly MergedRow[] = [];
    do {
      const wanted = buffers.toRead(limit);
      if (wanted.partitions.length > 0) buffers.add(wanted, await this.queryPartitions(sharesOf(wanted), filter));
      rows = rows.concat(buffers.take(limit - rows.length));
      // A read ends where the first partition was cut short: behind a burst on a few streams that is soon.
    } while (rows.length < limit && buffers.hasRunDry);
    const records = rows.map((row) => toRecord(row as unknown as RecordRow, row[PARTITION], row[STREAM]));
    const checkpoint = buffers.checkpoint();
    const caughtUp = buffers.isEmpty;
    if (!caughtUp) this.buffered.set(checkpoint, { buffers, filter });
    return { records, checkpoint, caughtUp };
  }

  /** A partition that gave all it was asked for goes on behind the last; any other was scanned as far as its rows say. */
  async readPartitions(
    wanted: readonly PartitionToRead[],
    filter?: RecordFilter,
  ): Promise<readonly PartitionRecords[]> {
    const rows = await this.queryPartitions(
      {
        partitions: wanted.map(({ partition }) => partition),
        offsets: wanted.map(({ offset }) => offset),
        most: wanted.map(({ limit }) => limit),
      },
      filter,
    );
    const byPartition = new Map<number, MergedRow[]>(wanted.map(({ partition }) => [partition, []]));
    for (const row of rows) byPartition.get(row[PARTITION])?.push(row);
    return wanted.map(({ partition, offset, limit }) => {
      const own = byPartition.get(partition) ?? [];
      const found = own.filter((row) => (row[OFFSET] as number | null) !== null);
      const last = found.at(-1);
      const pastLast = last === undefined ? offset : last[OFFSET] + 1;
      const scannedTo = found.length >= limit ? pastLast : (own[0]?.[READ_TO] ?? pastLast);
      return {
        partition,
        records: found.map((row) => toRecord(row as unknown as RecordRow, partition, row[STREAM])),
        scannedTo: Math.max(offset, scannedTo),
      };
    });
  }

  /** Rows whose revision is null come first and say how far each partition was scanned. */
  async readBackwards(from: Checkpoint, { limit, filter = {} }: ReadOptions): Promise<LogBatch> {
    checkCheckpoint(from, this.partitions);
    // Without a name the plan is made for these very conditions.
    const statement = { name: '', text: this.sql['read-backwards'].text };
    const rows = await this.database.query<BackwardsRow>(statement, [
      this.every,
      arrayOf(new IntegerArray(8), from),
      Math.max(1, Math.floor(limit / this.partitions)),
      filter.category ?? null,
      filter.types ?? null,
      filter.correlationId ?? null,
      filter.tenant ?? null,
    ]);
    const checkpoint = [...from];
    const scanned = rows.slice(0, this.partitions);
    for (const row of scanned) checkpoint[row[PARTITION]] = row[OFFSET];
    const all = rows.slice(this.partitions);
    const kept = all.slice(0, limit);
    // What the limit cuts off is read again, so its partitions have been scanned to there only.
    for (const row of all.slice(limit).reverse()) checkpoint[row[PARTITION]] = row[OFFSET] + 1;
    return {
      records: kept.map((row) => toRecord(row as unknown as RecordRow, row[PARTITION], row[STREAM])),
      checkpoint,
      caughtUp: kept.length === all.length && scanned[0]?.[MORE] !== true,
    };
  }

  async head(): Promise<Checkpoint> {
    const rows = await this.database.query<readonly [partition: number, offset: number]>(this.sql.head);
    const head = new Array<number>(this.partitions).fill(0);
    for (const [partition, offset] of rows) head[partition] = offset;
    return head;
  }

  private async readOne(
    statement: Statement,
    stream: string,
    { from = 1, to = Number.MAX_SAFE_INTEGER }: RevisionRange,
    limit: number,
  ): Promise<readonly LoggedRecord[]> {
    const partition = partitionFor(stream, this.partitions);
    const rows = await this.database.query<RecordRow>(statement, [partition, stream, from, to, limit]);
    return rows.map((row) => toRecord(row, partition, stream));
  }

  /** A reader that goes on from the very checkpoint it was given finds what was read for it already. */
  private buffersAt(from: Checkpoint, filter: RecordFilter | undefined): PartitionBuffers {
    const buffered = this.buffered.get(from);
    if (buffered === undefined || buffered.filter !== filter) return new PartitionBuffers(from);
    this.buffered.delete(from);
    return buffered.buffers;
  }

  private queryPartitions(
    { partitions, offsets, most }: Shares,
    { types, category, correlationId, tenant }: RecordFilter = {},
  ): Promise<readonly MergedRow[]> {
    const wanted = [
      arrayOf(new IntegerArray(2), partitions),
      arrayOf(new IntegerArray(8), offsets),
      arrayOf(new IntegerArray(4), most),
    ];
    const query = (name: keyof typeof this.sql, ...conditions: readonly unknown[]) =>
      this.database.query<MergedRow>(this.sql[name], [...wanted, ...conditions]);
    if (correlationId !== undefined)
      return query('read-partitions-by-correlation', correlationId, types ?? null, category ?? null, tenant ?? null);
    if (category !== undefined) return query('read-partitions-by-category', category, types ?? null, tenant ?? null);
    return types === undefined && tenant === undefined
      ? query('read-partitions')
      : query('read-partitions-by-type', types ?? null, Math.max(LOOKED_AT, ...most), tenant ?? null);
  }
}
