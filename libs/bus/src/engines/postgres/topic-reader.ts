import { arrayOf, IntegerArray } from '@annals/postgres';
import type { Database, Statement } from '@annals/postgres';
import type { Topic } from '../../topics/topic.js';
import type { StoredRecord } from '../../topics/topic-record.js';
import type { FetchedPartition, PartitionFetch, PartitionRange } from '../../topics/topic-store.js';
import type { Segment, Segments, SegmentStatements } from './segments.js';
import type { TopicAppender } from './topic-appender.js';

type Columns = readonly [
  partition: number,
  offset: number | null,
  timestamp: number,
  key: string | null,
  value: string | null,
  headers: string | null,
];

const UNDEFINED_TABLE = '42P01';

/** Reads the segments of topics. */
export class TopicReader {
  constructor(
    private readonly database: Database,
    private readonly sql: Readonly<Record<'fetch' | 'offsets-at', Statement>>,
    private readonly segments: Segments,
    private readonly statements: SegmentStatements,
    private readonly appender: TopicAppender,
  ) {}

  async fetch(topic: Topic, wanted: readonly PartitionFetch[]): Promise<readonly FetchedPartition[]> {
    const fetched = new Map<number, FetchedPartition>();
    let rest = wanted;
    while (rest.length > 0) {
      const bySegment = new Map<Segment, PartitionFetch[]>();
      const segments = await this.segments.of(topic);
      for (const one of rest) {
        const segment = holderOf(segments, one);
        if (segment === undefined) fetched.set(one.partition, nothingAt(one, true));
        else bySegment.set(segment, [...(bySegment.get(segment) ?? []), one]);
      }
      rest = (
        await Promise.all([...bySegment].map(([segment, some]) => this.#fetchFrom(topic, segment, some, fetched)))
      ).flat();
    }
    return [...fetched.values()];
  }

  async ranges(topic: Topic): Promise<readonly PartitionRange[]> {
    const ends = await this.appender.ends(topic);
    this.segments.forget(topic);
    const [first] = await this.segments.of(topic);
    return ends.map((end, partition) => ({ start: Math.min(end, first?.bases[partition] ?? 0), end }));
  }

  async offsetsAt(topic: Topic, timestamp: Date): Promise<readonly (number | null)[]> {
    const offsets = new Array<number | null>(topic.config.partitions).fill(null);
    this.segments.forget(topic);
    for (const segment of await this.segments.of(topic)) {
      const missing = [...offsets.keys()].filter((partition) => offsets[partition] === null);
      if (missing.length === 0) break;
      const statement = this.statements.of(this.sql['offsets-at'], topic, segment);
      const values = [arrayOf(new IntegerArray(2), missing), timestamp.getTime()];
      for (const [partition, offset] of await this.database.query<readonly [number, number]>(statement, values)) {
        offsets[partition] = offset;
      }
    }
    return offsets;
  }

  /** @returns what has to be read from another segment, or once more */
  async #fetchFrom(
    topic: Topic,
    segment: Segment,
    wanted: readonly PartitionFetch[],
    fetched: Map<number, FetchedPartition>,
  ): Promise<readonly PartitionFetch[]> {
    const rows = await this.#rows(topic, segment, wanted);
    if (rows === undefined) {
      this.segments.forget(topic);
      return wanted;
    }
    const records = new Map<number, StoredRecord[]>();
    let closed = false;
    for (const [partition, offset, timestamp, key, value, headers] of rows) {
      // A partition without any has a row that says whether the segment is still written.
      if (offset === null) closed ||= timestamp === 0;
      else {
        let some = records.get(partition);
        if (some === undefined) records.set(partition, (some = []));
        some.push({ partition, offset, timestamp, key, value, headers });
      }
    }
    if (closed && segment.ends === null) this.segments.forget(topic);
    // A compacted tail: the next segment goes on where this one ended.
    const passed = ({ partition, offset, limit }: PartitionFetch): PartitionFetch => ({
      partition,
      offset: Math.max(offset, segment.ends?.[partition] ?? 0),
      limit,
    });
    return wanted
      .filter((one) => {
        const some = records.get(one.partition);
        const last = some?.at(-1);
        if (last === undefined && closed) {
          return true;
        }
        fetched.set(one.partition, {
          partition: one.partition,
          records: some ?? [],
          scannedTo: (last?.offset ?? one.offset - 1) + 1,
          outOfRange: false,
        });
        return false;
      })
      .map(passed);
  }

  async #rows(
    topic: Topic,
    segment: Segment,
    wanted: readonly PartitionFetch[],
  ): Promise<readonly Columns[] | undefined> {
    const statement = this.statements.of(this.sql.fetch, topic, segment);
    try {
      return await this.database.query<Columns>(statement, [
        arrayOf(
          new IntegerArray(2),
          wanted.map(({ partition }) => partition),
        ),
        arrayOf(
          new IntegerArray(8),
          wanted.map(({ offset }) => offset),
        ),
        arrayOf(
          new IntegerArray(4),
          wanted.map(({ limit }) => limit),
        ),
        topic.id,
        segment.number,
      ]);
    } catch (error) {
      if ((error as { code?: unknown }).code === UNDEFINED_TABLE) return undefined;
      throw error;
    }
  }
}

/** The segment in which a partition's offset lies, or will; undefined when it is gone. */
function holderOf(segments: readonly Segment[], { partition, offset }: PartitionFetch): Segment | undefined {
  const [first] = segments;
  if (first === undefined || offset < (first.bases[partition] ?? 0)) return undefined;
  return segments.find(({ ends }) => ends === null || (ends[partition] ?? 0) > offset);
}

const nothingAt = ({ partition, offset }: PartitionFetch, outOfRange: boolean): FetchedPartition => ({
  partition,
  records: [],
  scannedTo: offset,
  outOfRange,
});
