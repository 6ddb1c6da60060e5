import { GroupCommit } from '@annals/log';
import { hasCode } from '@annals/message';
import { encodeRecord } from './encode-record.js';
import type { Partitioner } from './partitioner.js';
import { roundRobinPartitioner, stickyPartitioner } from './partitioner.js';
import type { ProducerOptions, ResolvedProducerOptions } from './producer-options.js';
import { resolveProducerOptions } from './producer-options.js';
import { SendBuffer } from './send-buffer.js';
import type { Topic } from './topic.js';
import type { TopicDirectory } from './topic-directory.js';
import { TopicReadOnly } from './topic-read-only.js';
import type { NewRecord, RecordPlace } from './topic-record.js';
import type { AppendResult, TopicAppend, TopicStore } from './topic-store.js';

/** A batch may hold so many records. */
const MOST_RECORDS = 2_000;

/** What is needed to send to one topic. */
interface Line {
  readonly commits: GroupCommit<TopicAppend, AppendResult>;
  readonly partitioner: Partitioner;
}

/**
 * Sends records to topics. Those that are sent at the same time share transactions; a record whose outcome a lost
 * connection left open is sent again and found if it is there, so it is stored once (Kafka's idempotent producer).
 * Records of one key, or for one partition that is named, keep the order in which they are sent.
 */
export class Producer {
  readonly #options: ResolvedProducerOptions;
  readonly #lines = new Map<number, Line>();
  readonly #buffer: SendBuffer;
  #lingering: (() => void)[] = [];

  /** @throws RangeError naming every option at fault */
  constructor(
    private readonly store: TopicStore,
    private readonly topics: TopicDirectory,
    options?: ProducerOptions,
  ) {
    this.#options = resolveProducerOptions(options);
    this.#buffer = new SendBuffer(this.#options);
  }

  /** Bytes that wait to be sent, or for the answer. */
  get bufferedBytes(): number {
    return this.#buffer.bytes;
  }

  /**
   * Sends one record.
   * @returns where it lies, once `acks` is kept
   * @throws UnknownTopic (`BUS_UNKNOWN_TOPIC`), TopicReadOnly (`BUS_TOPIC_READ_ONLY`), InvalidRecord
   *   (`BUS_INVALID_RECORD`), RecordTooLarge (`BUS_RECORD_TOO_LARGE`), ProducerFull (`BUS_PRODUCER_FULL`), LogUnavailable
   *   (`LOG_UNAVAILABLE`) after `deliveryTimeoutMs`; with `acks: 'all'` also NotEnoughReplicas (`BUS_NOT_ENOUGH_REPLICAS`): nothing
   *   was appended, and NotEnoughReplicasAfterAppend (`BUS_NOT_ENOUGH_REPLICAS_AFTER_APPEND`): it was
   */
  async send(topic: string, record: NewRecord): Promise<RecordPlace> {
    const found = this.topics.known(topic) ?? (await this.topics.get(topic));
    if (found.readOnly) throw new TopicReadOnly(topic, 'take records');
    const encoded = encodeRecord(found, record);
    const { bytes } = encoded;
    if (!this.#buffer.hasRoom(bytes)) await this.#buffer.room(bytes);
    const { acks } = this.#options;
    if (acks === 'all') await this.store.replication.ensureEnough(found);
    const line = this.#lineTo(found);
    const partition = record.partition ?? line.partitioner.choose(encoded.key, found.config.partitions, bytes);
    this.#buffer.take(bytes);
    const sent = this.#submit(line, {
      key: encoded.key,
      value: encoded.value,
      headers: encoded.headers,
      timestamp: encoded.timestamp,
      bytes,
      partition,
      sequence: this.store.nextSequence(),
      since: -1,
    });
    if (acks === 0) {
      // Nobody waits for the outcome, nor learns of a failure: that is what acks 0 means.
      sent.then(
        () => this.#buffer.release(bytes),
        () => this.#buffer.release(bytes),
      );
      return { topic, partition, offset: -1 };
    }
    try {
      const offset = (await sent) as number;
      // Outside of the transaction, which would hold the partition for as long.
      if (acks === 'all') await this.store.replication.awaitEnough(found, this.#options.ackTimeoutMs);
      return { topic, partition, offset };
    } catch (error) {
      // It may have been made anew under this name meanwhile.
      if (hasCode(error, 'BUS_UNKNOWN_TOPIC')) this.topics.forget(topic);
      throw error;
    } finally {
      this.#buffer.release(bytes);
    }
  }

  /** Sends what lingers at once, and resolves when all that was sent before is settled. */
  async flush(): Promise<void> {
    this.#stopLingering();
    await this.#buffer.empty();
  }

  /** Takes no more records, and resolves when all it took are settled. May be called twice. */
  async stop(): Promise<void> {
    this.#stopLingering();
    await Promise.all([...this.#lines.values()].map(({ commits }) => commits.stop()));
  }

  #submit({ commits }: Line, append: TopicAppend): Promise<AppendResult> {
    const { lingerMs, batchBytes } = this.#options;
    if (lingerMs === 0) return commits.submit(append);
    return new Promise((resolve, reject) => {
      if (this.#lingering.length === 0) setTimeout(() => this.#stopLingering(), lingerMs);
      this.#lingering.push(() => void commits.submit(append).then(resolve, reject));
      if (this.#buffer.bytes >= batchBytes) this.#stopLingering();
    });
  }

  #stopLingering(): void {
    const lingering = this.#lingering;
    this.#lingering = [];
    for (const go of lingering) go();
  }

  #lineTo(topic: Topic): Line {
    const known = this.#lines.get(topic.id);
    if (known !== undefined) return known;
    const { acks, batchBytes, deliveryTimeoutMs, partitioner, random } = this.#options;
    const line: Line = {
      partitioner: partitioner === 'sticky' ? stickyPartitioner(batchBytes, random) : roundRobinPartitioner(),
      commits: new GroupCommit<TopicAppend, AppendResult>({
        commit: (records, attempt) => this.store.append(topic, records, { ...attempt, acks }),
        placesOf: ({ partition }) => [partition],
        // Between records of different keys there is no order, so a batch may follow another before that is answered.
        keysOf: ({ key, partition }) => [key ?? `partition ${partition}`],
        kindOf: (error) => this.store.kindOf(error),
        isLocked: (result) => result === 'locked',
        weightOf: ({ bytes }) => Math.max(1, Math.ceil((bytes * MOST_RECORDS) / batchBytes)),
        maxWeight: MOST_RECORDS,
        splitAbove: Number.POSITIVE_INFINITY,
        giveUpAfterMs: deliveryTimeoutMs,
      }),
    };
    this.#lines.set(topic.id, line);
    return line;
  }
}
