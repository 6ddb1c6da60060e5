import { arrayOf, IntegerArray, Pipeline } from '@annals/postgres';
import type { Database, Queries, Statement } from '@annals/postgres';
import type { Topic } from '../../topics/topic.js';
import type { Acks, AppendAttempt, AppendResult, TopicAppend } from '../../topics/topic-store.js';
import { UnknownTopic } from '../../topics/unknown-topic.js';
import type { Identity, ProducerIdentity } from './producer-identity.js';
import type { PlacedRecord } from './record-arrays.js';
import { RecordArrays } from './record-arrays.js';
import type { Segments, SegmentStatements } from './segments.js';

const APPENDED = 0;
const SEGMENT_CLOSED = 1;
const PRODUCER_FENCED = 2;

/** With acks 0 nobody waits for the disk; else the primary's disk is waited for, and no standby inside the transaction. */
const durabilityOf = (acks: Acks): 'off' | 'local' => (acks === 0 ? 'off' : 'local');

/** What the append function says, in one row. */
type Answer = readonly [outcome: number, next: (number | null)[] | null];

/** What is known of a topic that is appended to. */
interface Target {
  /** For each partition an offset below which no record lies whose outcome is not known. */
  readonly known: number[];
  readonly arrays: RecordArrays;
  readonly pipeline: Pipeline;
}

/** Appends records to the segment that is written. */
export class TopicAppender {
  readonly #targets = new Map<number, Promise<Target>>();

  constructor(
    private readonly database: Database,
    private readonly sql: Readonly<Record<'append' | 'find-repeated' | 'segment-ends', Statement>>,
    private readonly segments: Segments,
    private readonly statements: SegmentStatements,
    private readonly identity: ProducerIdentity,
    private readonly lockWaitMs: number,
  ) {}

  /** Appends in transactions of its own, which follow one another without waiting. */
  async append(
    topic: Topic,
    records: readonly TopicAppend[],
    { repeat, skipLocked, acks }: AppendAttempt,
  ): Promise<readonly AppendResult[]> {
    const target = await this.#targetOf(topic);
    const found = repeat ? await this.#findRepeated(topic, records, target) : new Map<number, number>();
    for (const record of records) if (record.since < 0) record.since = target.known[record.partition] ?? 0;
    const open = found.size === 0 ? records : records.filter(({ sequence }) => !found.has(sequence));
    const results =
      open.length === 0
        ? []
        : await this.#insert(
            topic,
            open,
            { connection: target.pipeline, skipLocked, durability: durabilityOf(acks) },
            target.arrays,
          );
    if (!repeat) this.#know(target, records, results);
    let next = 0;
    return records.map(({ sequence }) => found.get(sequence) ?? results[next++] ?? 'locked');
  }

  /** Appends in the transaction that `connection` has open; its partitions stay locked until that ends. */
  async appendIn(connection: Queries, topic: Topic, records: readonly PlacedRecord[]): Promise<readonly number[]> {
    const how = { connection, skipLocked: false, durability: null };
    return (await this.#insert(topic, records, how, new RecordArrays())) as number[];
  }

  async #insert(
    topic: Topic,
    records: readonly PlacedRecord[],
    how: { connection: Queries; skipLocked: boolean; durability: string | null },
    arrays: RecordArrays,
  ): Promise<readonly AppendResult[]> {
    const { partitions, places, values } = arrays.fill(records);
    let producer = await this.identity.get();
    for (;;) {
      const active = (await this.segments.of(topic)).at(-1);
      if (active === undefined) throw new UnknownTopic(topic.name);
      const statement = this.statements.of(this.sql.append, topic, active);
      const [[outcome, next]] = await how.connection
        .query<Answer>(statement, [
          this.lockWaitMs,
          how.skipLocked,
          how.durability,
          producer.id,
          producer.epoch,
          ...values,
        ])
        .then(
          (rows) => rows as [Answer],
          (error: unknown) => this.#withoutFunction(topic, error),
        );
      if (outcome === APPENDED) return resultsOf(records, partitions, places, next ?? []);
      producer = await this.#refused(topic, outcome, producer);
    }
  }

  /** Makes ready for the next attempt. */
  async #refused(topic: Topic, outcome: number, producer: Identity): Promise<Identity> {
    if (outcome === PRODUCER_FENCED) return this.identity.renew(producer);
    this.segments.forget(topic);
    if (outcome !== SEGMENT_CLOSED) {
      this.#targets.delete(topic.id);
      throw new UnknownTopic(topic.name);
    }
    return producer;
  }

  /** The segment may have been closed and dropped since it was looked up; outside a transaction that is as if it were closed. */
  #withoutFunction(topic: Topic, error: unknown): [Answer] {
    const state = (error as { code?: unknown }).code;
    if (state !== UNDEFINED_FUNCTION && state !== UNDEFINED_TABLE) throw error;
    this.segments.forget(topic);
    return [[SEGMENT_CLOSED, null]];
  }

  /** Fences what lost connections may still bring, and looks for what they have brought. */
  async #findRepeated(topic: Topic, records: readonly TopicAppend[], { known }: Target): Promise<Map<number, number>> {
    await this.identity.raise();
    this.segments.forget(topic);
    const since = new Map<number, number>();
    for (const { partition, since: least } of records) {
      const from = least < 0 ? (known[partition] ?? 0) : least;
      since.set(partition, Math.min(from, since.get(partition) ?? from));
    }
    const values = [
      arrayOf(new IntegerArray(2), since.keys()),
      arrayOf(new IntegerArray(8), since.values()),
      this.identity.ids,
      arrayOf(
        new IntegerArray(8),
        records.map(({ sequence }) => sequence),
      ),
    ];
    const found = new Map<number, number>();
    for (const segment of await this.segments.of(topic)) {
      if (segment.ends?.every((end, partition) => end <= (since.get(partition) ?? end))) continue;
      const statement = this.statements.of(this.sql['find-repeated'], topic, segment);
      const rows = await this.database.query<readonly [number, number, number]>(statement, values);
      for (const [sequence, , offset] of rows) found.set(sequence, offset);
    }
    return found;
  }

  #know({ known }: Target, records: readonly TopicAppend[], results: readonly AppendResult[]): void {
    for (const [index, { partition }] of records.entries()) {
      const offset = results[index];
      if (typeof offset === 'number') known[partition] = Math.max(known[partition] ?? 0, offset + 1);
    }
  }

  #targetOf(topic: Topic): Promise<Target> {
    const known = this.#targets.get(topic.id);
    if (known !== undefined) return known;
    const target = this.ends(topic).then((ends) => ({
      known: [...ends],
      arrays: new RecordArrays(),
      pipeline: new Pipeline(this.database),
    }));
    this.#targets.set(topic.id, target);
    target.catch(() => this.#targets.delete(topic.id));
    return target;
  }

  /** Past the last record of each partition. @throws UnknownTopic (`BUS_UNKNOWN_TOPIC`) */
  async ends(topic: Topic, connection: Queries = this.database): Promise<readonly number[]> {
    const active = (await this.segments.read(topic, connection)).at(-1);
    if (active === undefined) throw new UnknownTopic(topic.name);
    const statement = this.statements.of(this.sql['segment-ends'], topic, active);
    const rows = await connection.query<readonly [number, number]>(statement, [topic.id, active.number]);
    return rows.map(([, end]) => end);
  }
}

const UNDEFINED_FUNCTION = '42883';
const UNDEFINED_TABLE = '42P01';

function resultsOf(
  records: readonly PlacedRecord[],
  partitions: readonly number[],
  places: readonly number[],
  next: readonly (number | null)[],
): readonly AppendResult[] {
  const first = new Map(partitions.map((partition, index) => [partition, next[index] ?? null]));
  return records.map(({ partition }, index) => {
    const offset = first.get(partition) ?? null;
    return offset === null ? 'locked' : offset + (places[index] ?? 0);
  });
}
