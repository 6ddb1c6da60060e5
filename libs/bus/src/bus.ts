import type { UnitOfWork } from '@annals/log';
import { activeTraceparent } from '@annals/message';
import type { BusEngine } from './bus-engine.js';
import { GroupOperation } from './groups/group-operation.js';
import type { GroupDescription, ParkedDescription } from './groups/group-operation.js';
import { parkingKey } from './groups/parking-key.js';
import { Deliverer } from './handling/deliverer.js';
import type { BatchHandler, Handler, RecordHandler } from './handling/delivery.js';
import { InvalidSubscription } from './handling/invalid-subscription.js';
import { resolveSubscribeOptions } from './handling/subscribe-options.js';
import type { ResolvedSubscribeOptions, SubscribeOptions } from './handling/subscribe-options.js';
import { Subscription } from './handling/subscription.js';
import { transactionalPublish } from './handling/transactional-publish.js';
import type { TransactionalPublish } from './handling/transactional-publish.js';
import { Queues } from './queues/queues.js';
import type { QueuesOptions } from './queues/queues-options.js';
import { AttachedTopics } from './topics/attached-topics.js';
import type { AttachableLog } from './topics/attached-topics.js';
import { Placement } from './topics/placement.js';
import { Producer } from './topics/producer.js';
import type { ProducerOptions } from './topics/producer-options.js';
import { checkTopicName, resolveTopicConfig } from './topics/topic.js';
import type { Topic, TopicConfig } from './topics/topic.js';
import { TopicDirectory } from './topics/topic-directory.js';
import { InvalidTopic } from './topics/invalid-topic.js';
import { TopicReadOnly } from './topics/topic-read-only.js';
import type { NewRecord, RecordPlace } from './topics/topic-record.js';
import type { TopicDescription } from './topics/topic-store.js';
import { TopicTable } from './topics/topic-table.js';
import { UnknownTopic } from './topics/unknown-topic.js';
import { withTrace } from './tracing/traced-delivery.js';

/** How a bus behaves. */
export interface BusOptions {
  /** How `publish` sends. */
  readonly producer?: ProducerOptions;
  /** Milliseconds between looks for segments that are to be closed, removed or compacted; one process of many does it. @default 30000 */
  readonly maintenanceMs?: number;
  /** How exchanges and queues behave in this process. */
  readonly queues?: QueuesOptions;
  /** Milliseconds after which what is known of a topic is looked up again. @default 5000 */
  readonly metadataMaxAgeMs?: number;
}

/** Topics, producers, and groups that read them, as Kafka has them; exchanges and queues, as RabbitMQ has them, at `queues`. */
export class Bus {
  /** Exchanges, bindings and queues. */
  readonly queues: Queues;
  readonly #topics: AttachedTopics;
  readonly #directory: TopicDirectory;
  readonly #groups: GroupOperation;
  readonly #placement: Placement;
  readonly #publishIn: TransactionalPublish;
  readonly #subscriptions = new Set<Subscription>();
  readonly #producers = new Set<Producer>();
  readonly #tables = new Set<TopicTable>();
  readonly #maintenance: NodeJS.Timeout;
  readonly #own: Producer;
  #stopped: Promise<void> | undefined;

  /** @throws RangeError naming every option at fault */
  constructor(
    readonly engine: BusEngine,
    private readonly options: BusOptions = {},
  ) {
    this.queues = new Queues(engine.queues, engine.unitOfWork, options.queues);
    this.#topics = new AttachedTopics(engine.topics);
    this.#groups = new GroupOperation(engine.groups, this.#topics);
    this.#directory = new TopicDirectory(this.#topics, options.metadataMaxAgeMs);
    this.#own = this.producer();
    this.#maintenance = setInterval(() => {
      // What fails is tried again; an operator sees that segments do not go.
      this.maintain().catch((error: unknown) =>
        process.emitWarning(`The bus could not be maintained: ${String(error)}`),
      );
    }, options.maintenanceMs ?? 30_000);
    this.#maintenance.unref();
    this.#placement = new Placement(this.#directory, options.producer?.random ?? Math.random);
    this.#publishIn = transactionalPublish(this.#placement);
  }

  /**
   * Makes a topic.
   * @throws TopicExists (`BUS_TOPIC_EXISTS`), InvalidTopic (`BUS_INVALID_TOPIC`)
   */
  async createTopic(name: string, config: Partial<TopicConfig> = {}): Promise<Topic> {
    const topic = await this.#topics.create(checkTopicName(name), resolveTopicConfig(name, config));
    this.#directory.remember(topic);
    return topic;
  }

  /**
   * The topic of this name, made with this configuration where it is not there. One that is there stays as it is.
   * @throws InvalidTopic (`BUS_INVALID_TOPIC`)
   */
  async ensureTopic(name: string, config: Partial<TopicConfig> = {}): Promise<Topic> {
    const known = await this.#topics.find(checkTopicName(name));
    if (known !== undefined) return known;
    try {
      return await this.createTopic(name, config);
    } catch (error) {
      // Another process may have been faster.
      const there = await this.#topics.find(name);
      if (there === undefined) throw error;
      return there;
    }
  }

  /**
   * Changes the configuration of a topic; what is not given stays.
   * @throws UnknownTopic (`BUS_UNKNOWN_TOPIC`), TopicReadOnly (`BUS_TOPIC_READ_ONLY`), InvalidTopic (`BUS_INVALID_TOPIC`),
   *   also for fewer partitions than it has
   */
  async alterTopic(name: string, change: Partial<TopicConfig>): Promise<Topic> {
    const topic = await this.#writable(name, 'be altered');
    const altered = await this.#topics.alter(topic, resolveTopicConfig(name, change, topic.config));
    this.#directory.remember(altered);
    return altered;
  }

  /** Removes a topic, its records, and all groups' offsets in it. @throws UnknownTopic (`BUS_UNKNOWN_TOPIC`), TopicReadOnly (`BUS_TOPIC_READ_ONLY`) */
  async deleteTopic(name: string): Promise<void> {
    const topic = await this.#writable(name, 'be deleted');
    this.#directory.forget(name);
    await this.#topics.delete(topic);
  }

  /** @throws UnknownTopic (`BUS_UNKNOWN_TOPIC`) */
  async describeTopic(name: string): Promise<TopicDescription> {
    const topic = await this.#directory.get(name);
    return { ...topic, partitions: await this.#topics.ranges(topic) };
  }

  /**
   * Shows a log that is written elsewhere as a read-only topic, as the event store's under the name `events`: groups read
   * its records where they lie, by stream as key, and `filter` takes `types`, `category` and `tenant`.
   * Each process that reads it attaches it.
   * @throws TopicExists (`BUS_TOPIC_EXISTS`) when a topic of the bus's own has the name
   */
  async attach(name: string, log: AttachableLog): Promise<Topic> {
    const topic = await this.#topics.show(checkTopicName(name), log);
    this.#directory.remember(topic);
    return topic;
  }

  /** All topics, by name. */
  listTopics(): Promise<readonly Topic[]> {
    return this.#topics.list();
  }

  /**
   * In each partition of a topic the offset of the first record of that time or later; null where there is none (Kafka's offsetsForTimes).
   * @throws UnknownTopic (`BUS_UNKNOWN_TOPIC`)
   */
  async offsetsAt(name: string, timestamp: Date): Promise<readonly (number | null)[]> {
    return this.#topics.offsetsAt(await this.#directory.get(name), timestamp);
  }

  /** A producer of its own settings. It stops with the bus. @throws RangeError naming every option at fault */
  producer(options: ProducerOptions = {}): Producer {
    const producer = new Producer(this.#topics, this.#directory, { ...this.options.producer, ...options });
    this.#producers.add(producer);
    return producer;
  }

  /**
   * Sends one record by the producer of this bus. In a unit of work of the application it is sent with the unit, if that
   * commits: then this resolves at once, and the offset is -1, since nobody knows it yet.
   * @throws as `Producer.send`; NotJoined (`STORE_NOT_JOINED`) in a transaction of the application that no unit has joined
   */
  publish(topic: string, given: NewRecord): Promise<RecordPlace> {
    const parent = activeTraceparent();
    const record = parent === undefined ? given : { ...given, headers: withTrace(given.headers, parent) };
    // Each promise in between costs as much as a tenth of a send.
    if (this.engine.unitOfWork === undefined) return this.#own.send(topic, record);
    return this.#publishInUnit(this.engine.unitOfWork, topic, record);
  }

  async #publishInUnit(unitOfWork: UnitOfWork, topic: string, record: NewRecord): Promise<RecordPlace> {
    const unit = unitOfWork.current();
    if (unit === undefined) return this.#own.send(topic, record);
    const produced = await this.#placement.place(topic, record);
    this.engine.publications.add(unit, produced);
    return { topic, partition: produced.record.partition, offset: -1 };
  }

  /**
   * Reads topics as a member of a group, one record at a time.
   * @throws InvalidSubscription (`BUS_INVALID_SUBSCRIPTION`), UnknownTopic (`BUS_UNKNOWN_TOPIC`): nothing was started
   */
  subscribe(options: SubscribeOptions, handle: RecordHandler): Promise<Subscription> {
    return this.#subscribe(options, { kind: 'single', handle });
  }

  /** As `subscribe`, with the records of one partition that are there at once. */
  subscribeBatch(options: SubscribeOptions, handle: BatchHandler): Promise<Subscription> {
    return this.#subscribe(options, { kind: 'batch', handle });
  }

  /** A group, its members, where it stands and how far behind it is. @throws UnknownGroup (`BUS_UNKNOWN_GROUP`) */
  describeGroup(name: string): Promise<GroupDescription> {
    return this.#groups.describe(name);
  }

  /** The names of all groups. */
  listGroups(): Promise<readonly string[]> {
    return this.engine.groups.list();
  }

  /**
   * Sets where a group without members goes on, or where a new one begins.
   * @param offsets of partitions of one topic; those not named stay
   * @throws GroupNotEmpty (`BUS_GROUP_NOT_EMPTY`), UnknownTopic (`BUS_UNKNOWN_TOPIC`), InvalidOffset (`BUS_INVALID_OFFSET`)
   *   for a partition that is not there, or an offset beyond its end; nothing was changed then
   */
  async setOffsets(group: string, topic: string, offsets: Readonly<Record<number, number>>): Promise<void> {
    await this.#groups.setOffsets(group, await this.describeTopic(topic), offsets);
  }

  /** The records that a group has set aside, by `onFailure: 'park'`. */
  listParked(group: string): Promise<readonly ParkedDescription[]> {
    return this.#groups.listParked(group);
  }

  /**
   * Has parked records tried again, in order, by whoever has their partitions: all of a group, or those of one key. What fails
   * again stays parked.
   * @returns how many there are
   */
  resumeParked(group: string, key?: string): Promise<number> {
    return this.engine.groups.resumeParked(group, key === undefined ? undefined : [parkingKey(key)]);
  }

  /** Forgets a group without members. @throws GroupNotEmpty (`BUS_GROUP_NOT_EMPTY`), UnknownGroup (`BUS_UNKNOWN_GROUP`) */
  deleteGroup(name: string): Promise<void> {
    return this.engine.groups.delete(name);
  }

  /** Closes segments that are due, removes what may go, and compacts, at once instead of at the next look. */
  maintain(): Promise<void> {
    return this.#topics.maintain();
  }

  /**
   * A view of a compacted topic: the newest value of each key, kept up to date in memory.
   * @throws UnknownTopic (`BUS_UNKNOWN_TOPIC`), InvalidTopic (`BUS_INVALID_TOPIC`) when the topic is not compacted
   */
  async table(name: string): Promise<TopicTable> {
    const topic = await this.#directory.get(name);
    if (topic.config.cleanupPolicy === 'delete') {
      throw new InvalidTopic(name, [
        "a table shows the newest value of each key, and cleanupPolicy 'delete' forgets keys",
      ]);
    }
    const table = new TopicTable(topic, this.#topics);
    this.#tables.add(table);
    return table;
  }

  /** Stops all subscriptions and consumers, then all that sends, then the engine. May be called twice. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    clearInterval(this.#maintenance);
    await Promise.all([...this.#subscriptions, ...this.#tables].map((reader) => reader.stop()));
    await this.queues.stop();
    await Promise.all([...this.#producers].map((producer) => producer.stop()));
    await this.engine.stop();
  }

  async #subscribe(given: SubscribeOptions, handler: Handler): Promise<Subscription> {
    const options = resolveSubscribeOptions(given);
    const { group, guarantee, topics, deadLetter } = options;
    if (guarantee === 'effectively-once' && !this.engine.capabilities.transactions) {
      throw new InvalidSubscription(group, ["this engine has no transactions, so it cannot be 'effectively-once'"]);
    }
    for (const topic of deadLetter === undefined ? topics : [...topics, deadLetter]) await this.#directory.get(topic);
    if (deadLetter !== undefined) await this.#writable(deadLetter, 'take dead letters');
    const subscription = this.#open(options, handler);
    this.#subscriptions.add(subscription);
    return subscription;
  }

  #open(options: ResolvedSubscribeOptions, handler: Handler): Subscription {
    const { groups } = this.engine;
    return new Subscription(options, {
      onStopped: (subscription) => this.#subscriptions.delete(subscription),
      topics: this.#topics,
      groups,
      directory: this.#directory,
      deliverer: (keeper) =>
        new Deliverer(handler, options, this.#topics, groups, this.#own, this.#publishIn, () => keeper.member),
    });
  }

  async #writable(name: string, wanted: string): Promise<Topic> {
    const topic = await this.#topics.find(name);
    if (topic === undefined) throw new UnknownTopic(name);
    if (topic.readOnly) throw new TopicReadOnly(name, wanted);
    return topic;
  }
}
