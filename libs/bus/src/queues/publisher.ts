import { GroupCommit } from '@annals/log';
import type { Router } from '../routing/router.js';
import { SendBuffer } from '../topics/send-buffer.js';
import type { EncodedMessage, Publication } from './encode-message.js';
import { isTrimmed } from './queue-room.js';
import { laneFor } from './queue.js';
import type { Queue } from './queue.js';
import type { EnqueueResult, QueueStore, Routed } from './queue-store.js';
import { QueueFull } from './queue-full.js';
import type { ResolvedQueuesOptions } from './queues-options.js';

/** A batch may hold so many messages and bytes. */
const MOST_MESSAGES = 2_000;
const MOST_BYTES = 1024 * 1024;

/** A message on its way to the queues it was routed to. */
class Sent implements Routed {
  readonly message: EncodedMessage;
  readonly input: Publication['input'];
  /** What it locks, and what it must not overtake. */
  places: readonly number[] = [];
  keys: readonly string[] = [];
  queues: readonly Queue[] = [];
  /** By which version of the topology it was routed. */
  version = -1;

  constructor(
    { message, input }: Publication,
    readonly sequence: number,
  ) {
    this.message = message;
    this.input = input;
  }

  route(queues: readonly Queue[], version: number): this {
    const { priority } = this.message;
    this.queues = queues;
    this.version = version;
    this.places = queues.map((queue) => laneFor(queue, priority).id).sort(ascending);
    this.keys = queues.map(({ id }) => String(id));
    return this;
  }
}

/** What is to be done beside the storing. */
export interface PublisherParts {
  /** Makes what is beyond the length of a queue dead letters. */
  readonly trim: (queue: Queue) => Promise<void>;
  /** Is told of bytes that were stored. */
  readonly stored: (bytes: number) => void;
  /** Sends the dead letter of a message that a queue has rejected. */
  readonly rejected: (queue: Queue, message: EncodedMessage) => Promise<void>;
}

/**
 * Stores routed messages. Those that are published at the same time share transactions; a message whose outcome a lost connection
 * left open is looked for, so it is stored once. To one queue messages keep the order in which they are published.
 */
export class Publisher {
  readonly #commits: GroupCommit<Sent, EnqueueResult>;
  readonly #noted = new Set<number>();
  readonly #buffer: SendBuffer;

  constructor(
    private readonly store: QueueStore,
    private readonly router: Router,
    private readonly options: ResolvedQueuesOptions,
    private readonly parts: PublisherParts,
  ) {
    this.#buffer = new SendBuffer(options);
    this.#commits = new GroupCommit<Sent, EnqueueResult>({
      commit: (batch, attempt) => this.#commit(batch, attempt),
      placesOf: ({ places }) => places,
      keysOf: ({ keys }) => keys,
      kindOf: (error) => store.kindOf(error),
      isLocked: (result) => result === 'locked',
      weightOf: ({ message: { bytes } }) => Math.max(1, Math.ceil((bytes * MOST_MESSAGES) / MOST_BYTES)),
      maxWeight: MOST_MESSAGES,
      splitAbove: Number.POSITIVE_INFINITY,
      giveUpAfterMs: options.deliveryTimeoutMs,
    });
  }

  /** The queues a message goes to by what is known now. */
  routeNow({ input }: Publication): readonly Queue[] {
    return this.router.route(input);
  }

  /** As `routeNow`, looked up again where there is none. */
  async route({ input }: Publication): Promise<readonly Queue[]> {
    await this.router.ready();
    const queues = this.router.route(input);
    if (queues.length > 0) return queues;
    await this.router.refresh();
    return this.router.route(input);
  }

  /**
   * Resolves when the message is stored in all its queues.
   * @param queues at least one
   * @returns whether there still was one: the last binding may go meanwhile
   * @throws QueueFull (`BUS_QUEUE_FULL`), ProducerFull (`BUS_PRODUCER_FULL`), LogUnavailable (`LOG_UNAVAILABLE`)
   */
  publish(publication: Publication, queues: readonly Queue[]): Promise<boolean> {
    const { version } = this.router.topology;
    const { bytes, expirationMs } = publication.message;
    const sent = new Sent(publication, this.store.nextSequence()).route(queues, version);
    // Nearly all go at once: each promise that is waited for costs as much as the rest of a publish.
    const goesAtOnce = expirationMs === null && this.#buffer.hasRoom(bytes);
    return goesAtOnce ? this.#submit(sent) : this.#publishLater(sent);
  }

  async #publishLater(sent: Sent): Promise<boolean> {
    await this.noteExpiry(sent, sent.queues);
    await this.#buffer.room(sent.message.bytes);
    return this.#submit(sent);
  }

  #submit(sent: Sent): Promise<boolean> {
    const { bytes } = sent.message;
    this.#buffer.take(bytes);
    return this.#commits.submit(sent).then(
      (result) => {
        this.#buffer.release(bytes);
        this.parts.stored(sent.message.envelope.length + bytes);
        if (result === 'stored' && !sent.queues.some(isTrimmed)) return sent.queues.length > 0;
        return this.#settle(sent, result);
      },
      (error: unknown) => {
        this.#buffer.release(bytes);
        throw error;
      },
    );
  }

  /** Sees to what is left to do for a message that was stored. @throws QueueFull (`BUS_QUEUE_FULL`) */
  async #settle({ message, queues }: Sent, result: EnqueueResult): Promise<boolean> {
    for (const queue of queues) if (isTrimmed(queue)) await this.parts.trim(queue);
    if (typeof result === 'string') return queues.length > 0;
    for (const queue of result.rejectedBy) {
      if (queue.config.overflow === 'reject-publish-dlx') await this.parts.rejected(queue, message);
    }
    throw new QueueFull(result.rejectedBy.map(({ name }) => name));
  }

  /** Has queues looked at for messages that expire, where these are the first. */
  async noteExpiry({ message }: Pick<Publication, 'message'>, queues: readonly Queue[]): Promise<void> {
    if (message.expirationMs === null) return;
    const fresh = queues.filter(({ id, expires }) => !expires && !this.#noted.has(id));
    if (fresh.length === 0) return;
    await this.store.noteExpiry(fresh);
    for (const { id } of fresh) this.#noted.add(id);
  }

  /** As after a message that was stored, for those of a unit of work, which does not wait for it. */
  trimLater(queues: readonly Queue[]): void {
    const onError = (error: unknown): void => this.options.onError(error, 'queues, trimming');
    for (const queue of queues) if (isTrimmed(queue)) this.parts.trim(queue).catch(onError);
  }

  /** Takes no more messages, and resolves when all it took are settled. May be called twice. */
  stop(): Promise<void> {
    return this.#commits.stop();
  }

  async #commit(
    batch: readonly Sent[],
    { repeat, skipLocked }: { readonly repeat: boolean; readonly skipLocked: boolean },
  ): Promise<readonly EnqueueResult[]> {
    const found = repeat ? await this.store.findRepeated(batch) : new Set<number>();
    return this.router.upToDate(async (version) => {
      for (const sent of batch)
        if (sent.version !== version && !found.has(sent.sequence)) sent.route(this.router.route(sent.input), version);
      const open = batch.filter(({ queues, sequence }) => queues.length > 0 && !found.has(sequence));
      const results = open.length === 0 ? [] : await this.store.enqueue(open, { version, skipLocked });
      if (results === 'stale') return 'stale';
      const bySequence = new Map(open.map(({ sequence }, index) => [sequence, results[index]]));
      return batch.map(({ sequence }) => bySequence.get(sequence) ?? 'stored');
    });
  }
}

const ascending = (one: number, other: number): number => one - other;
