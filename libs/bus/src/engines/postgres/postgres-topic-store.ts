import { statements } from '@annals/postgres';
import type { Database, Queries, WakeUps } from '@annals/postgres';
import type { ProducedRecord } from '../../topics/produced.js';
import type { Topic, TopicConfig } from '../../topics/topic.js';
import { TopicStore } from '../../topics/topic-store.js';
import type {
  AppendAttempt,
  AppendResult,
  FetchedPartition,
  PartitionFetch,
  PartitionRange,
  TopicAppend,
} from '../../topics/topic-store.js';
import { ProducerIdentity } from './producer-identity.js';
import { Segments, SegmentStatements } from './segments.js';
import { StandbyWatch } from './standby-watch.js';
import { TopicAppender } from './topic-appender.js';
import { KEEPING, kindOfAppendError, TopicKeeper } from './topic-keeper.js';
import { TopicJanitor } from './topic-janitor.js';
import { TopicReader } from './topic-reader.js';

type TopicColumns = readonly [id: number, name: string, config: string, attached: boolean];

const toTopic = ([id, name, config, readOnly]: TopicColumns): Topic => ({
  id,
  name,
  config: JSON.parse(config) as TopicConfig,
  readOnly,
});

/** What wake-ups of a partition are about. */
const subjectOf = (topic: number, partition: number): string => `topic-${topic}-${partition}`;

/** Topics in Postgres. */
export class PostgresTopicStore extends TopicStore {
  override readonly replication: StandbyWatch;
  readonly #keeper: TopicKeeper;
  readonly #janitor: TopicJanitor;
  readonly #sql;
  readonly #appender: TopicAppender;
  readonly #reader: TopicReader;
  #sequence = 0;

  /** @param lockWaitMs milliseconds a batch waits for its partitions before it goes on with those that are free */
  constructor(
    private readonly database: Database,
    schema: string,
    private readonly wakeUps: WakeUps,
    lockWaitMs: number,
  ) {
    super();
    this.#sql = statements(import.meta.url, schema, [
      ...KEEPING,
      'append',
      'fetch',
      'find-repeated',
      'forget-producers',
      'list-segments',
      'list-topics',
      'offsets-at',
      'raise-epoch',
      'register-producer',
      'replica-positions',
      'segment-ends',
      'segment-is-empty',
    ]);
    this.replication = new StandbyWatch(database, this.#sql['replica-positions']);
    const made = new SegmentStatements();
    const segments = new Segments(database, this.#sql['list-segments']);
    const identity = new ProducerIdentity(database, this.#sql);
    this.#appender = new TopicAppender(database, this.#sql, segments, made, identity, lockWaitMs);
    this.#reader = new TopicReader(database, this.#sql, segments, made, this.#appender);
    this.#keeper = new TopicKeeper(database, this.#sql, segments, made, this.#appender);
    this.#janitor = new TopicJanitor(database, schema, this.#sql, segments, made, this.#keeper);
  }

  override create(name: string, config: TopicConfig): Promise<Topic> {
    return this.#keeper.create(name, config);
  }

  override attach(name: string, config: TopicConfig): Promise<Topic> {
    return this.#keeper.attach(name, config);
  }

  override alter(topic: Topic, config: TopicConfig): Promise<Topic> {
    return this.#keeper.alter(topic, config);
  }

  override delete(topic: Topic): Promise<void> {
    return this.#keeper.delete(topic);
  }

  override async find(name: string): Promise<Topic | undefined> {
    const [row] = await this.database.query<TopicColumns>(this.#sql['find-topic'], [name]);
    return row && toTopic(row);
  }

  override async list(): Promise<readonly Topic[]> {
    return (await this.database.query<TopicColumns>(this.#sql['list-topics'])).map(toTopic);
  }

  override ranges(topic: Topic): Promise<readonly PartitionRange[]> {
    return this.#reader.ranges(topic);
  }

  override offsetsAt(topic: Topic, timestamp: Date): Promise<readonly (number | null)[]> {
    return this.#reader.offsetsAt(topic, timestamp);
  }

  override nextSequence(): number {
    return (this.#sequence += 1);
  }

  override async append(
    topic: Topic,
    records: readonly TopicAppend[],
    attempt: AppendAttempt,
  ): Promise<readonly AppendResult[]> {
    const results = await this.#appender.append(topic, records, attempt);
    this.announce(topic, new Set(records.map(({ partition }) => partition)));
    return results;
  }

  override async appendWithin(
    connection: unknown,
    topic: Topic,
    records: readonly ProducedRecord['record'][],
  ): Promise<void> {
    const placed = records.map((record) => ({ ...record, sequence: this.nextSequence() }));
    await this.#appender.appendIn(connection as Queries, topic, placed);
  }

  override announce({ id }: Topic, partitions: Iterable<number>): void {
    for (const partition of partitions) this.wakeUps.announce(subjectOf(id, partition));
  }

  override fetch(topic: Topic, wanted: readonly PartitionFetch[]): Promise<readonly FetchedPartition[]> {
    return this.#reader.fetch(topic, wanted);
  }

  override maintain(): Promise<void> {
    return this.#janitor.maintain(() => this.list());
  }

  override kindOf(error: unknown): 'statement' | 'locked' | 'connection-lost' {
    return kindOfAppendError(error);
  }

  override onRecords({ id }: Topic, partition: number, wake: () => void): () => void {
    return this.wakeUps.onWake(wake, subjectOf(id, partition));
  }
}
