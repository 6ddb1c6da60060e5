import { backoffMs } from '@annals/message';
import type { ResolvedConsumeOptions } from './consume-options.js';
import type { ConsumerStore } from './consumer-store.js';
import { Decisions } from './decisions.js';
import type { OnSettled } from './decisions.js';
import { HeldMessages } from './held-messages.js';
import type { Held } from './held-messages.js';
import type { MessageHandling } from './message-handling.js';
import type { Queue } from './queue.js';
import type { QueueSession } from './queue-session.js';
import type { Claimant, QueueStore, Settlement, Step } from './queue-store.js';
import { refusal } from './refusal.js';
import { settledOf } from './settled-of.js';
import { WakeableNap } from '../topics/wakeable-nap.js';

/** What a consumer works with. */
export interface ConsumerParts {
  readonly store: QueueStore;
  readonly consumers: ConsumerStore;
  readonly session: QueueSession;
  readonly handling: (consumer: QueueConsumer) => MessageHandling;
  /** The queue as it is now. */
  readonly findQueue: () => Promise<Queue | undefined>;
  /** Called when the queue is to go with its last consumer. */
  readonly removeUnused: () => Promise<void>;
  readonly onStopped: (consumer: QueueConsumer) => void;
}

/** One consumer's time with the engine: it ends with its session, with its connection, or with its queue. */
interface Term {
  readonly claimant: Claimant;
  readonly ending: AbortController;
}

const PATIENCE = { baseMs: 100, maxMs: 5_000 };
/** So many messages are asked for at once at the most. */
const MOST_AT_ONCE = 500;

/**
 * Gets messages of a queue, hands them to a handler, and settles them.
 *
 *   joining ──► consuming ──session over, connection lost──► joining (what it had comes again)
 *                   │  └──queue deleted──► cancelled
 *                   └──cancel() or stop()──► stopped
 */
export class QueueConsumer {
  readonly held: HeldMessages;
  readonly #handling: MessageHandling;
  readonly #stopping = new AbortController();
  readonly #decisions = new Decisions();
  #term: Term | undefined;
  #mayBeMore = true;
  #claims = true;
  readonly #nap = new WakeableNap();
  #failures = 0;
  #running: Promise<void> = Promise.resolve();
  #stopped: Promise<void> | undefined;

  constructor(
    readonly queue: Queue,
    readonly options: ResolvedConsumeOptions,
    private readonly parts: ConsumerParts,
  ) {
    this.held = new HeldMessages(queue.name);
    this.#handling = parts.handling(this);
  }

  /** The session that has what is in this consumer's hands; undefined between two terms. */
  get session(): string | undefined {
    return this.#term?.claimant.session;
  }

  /** Aborts when what is in its hands is not its own any more. */
  get signal(): AbortSignal {
    return this.#term?.ending.signal ?? AbortSignal.abort();
  }

  /** Joins the consumers of the queue. @throws ResourceLocked (`BUS_RESOURCE_LOCKED`), UnknownQueue (`BUS_UNKNOWN_QUEUE`) */
  async start(): Promise<void> {
    const term = await this.#join(this.queue);
    this.#running = this.#run(term);
  }

  /**
   * Acknowledges a message: it is gone from the queue.
   * @param multiple all up to this tag; with tag 0 all in hand
   * @returns resolves when the engine has it; should the server crash within the next second, the message may come again, `redelivered`
   * @throws UnknownDelivery (`BUS_UNKNOWN_DELIVERY`), DeliveryLost (`BUS_DELIVERY_LOST`)
   */
  ack(deliveryTag: number, { multiple = false }: { readonly multiple?: boolean } = {}): Promise<void> {
    const meant = this.held.upTo(deliveryTag, multiple);
    return settledOf(meant.map((held) => this.#handling.done(held)));
  }

  /**
   * Gives a message back, to come again in its old place, or with `requeue: false` makes it a dead letter (RabbitMQ's basic.nack).
   * @param multiple all up to this tag; with tag 0 all in hand
   * @throws UnknownDelivery (`BUS_UNKNOWN_DELIVERY`), DeliveryLost (`BUS_DELIVERY_LOST`)
   */
  nack(
    deliveryTag: number,
    { multiple = false, requeue = true }: { readonly multiple?: boolean; readonly requeue?: boolean } = {},
  ): Promise<void> {
    const meant = this.held.upTo(deliveryTag, multiple);
    return settledOf(
      meant.map((held) => (requeue ? this.#handling.giveBack(held, 0) : this.#handling.bury(held, 'rejected'))),
    );
  }

  /** As `nack` of one message (AMQP's basic.reject). @throws as `nack` */
  reject(deliveryTag: number, { requeue = false }: { readonly requeue?: boolean } = {}): Promise<void> {
    return this.nack(deliveryTag, { requeue });
  }

  /**
   * Gets no more messages; those in hand may still be settled (AMQP's basic.cancel), until `stop`.
   */
  async cancel(): Promise<void> {
    this.#claims = false;
    const term = this.#term;
    if (term !== undefined) await this.#leave(term, false);
  }

  /**
   * Gets no more messages, waits for the handlers, settles what they are through with, and gives the rest back. May be called twice.
   * @param graceMs how long handlers may go on; then their signal aborts, and what they do counts for nothing
   */
  stop(graceMs = 30_000): Promise<void> {
    this.#stopped ??= this.#stop(graceMs);
    return this.#stopped;
  }

  /** Has the engine told what becomes of a message in hand. */
  settle(held: Held, settlement: Settlement, onSettled: OnSettled): void {
    if (!this.held.remove(held)) return onSettled(false);
    const { prefetch } = this.options;
    const isShort = prefetch > 0 && (this.held.size + this.#decisions.size + 1) * 2 > prefetch;
    // One that is given back may be for others; where few more may come, room is made at once.
    if (this.#decisions.add(settlement, onSettled, isShort || settlement.back !== undefined)) this.wake();
  }

  /** Has it look for more at once. */
  wake(): void {
    this.#nap.wake();
  }

  async #stop(graceMs: number): Promise<void> {
    this.#claims = false;
    await Promise.race([this.#handling.idle(), this.options.delay(graceMs, this.#stopping.signal)]);
    this.#term?.ending.abort();
    this.#stopping.abort();
    this.wake();
    await this.#running;
    this.parts.onStopped(this);
  }

  async #join(queue: Queue): Promise<Term> {
    const session = await this.parts.session.id();
    const { consumerTag: tag, priority, prefetch, exclusive, guarantee } = this.options;
    const added = await this.parts.consumers.add({ session, queue, tag, priority, prefetch, exclusive });
    if (typeof added === 'string') throw refusal(queue.name, added);
    const claimant = { session, consumer: added, queue, settled: guarantee === 'at-most-once' };
    this.#term = { claimant, ending: new AbortController() };
    return this.#term;
  }

  async #run(first: Term): Promise<void> {
    let term: Term | undefined = first;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        term ??= await this.#joinAgain();
        if (term === undefined) break;
        const goesOn = await this.#consume(term);
        await this.#leave(term, true);
        if (!goesOn) break;
      } catch (error) {
        this.#report(error);
        // What it took may be on its way over a connection that is gone: it comes again.
        if (term !== undefined) await this.#leaveOrLose(term);
        await this.#patience();
      }
      term = undefined;
    }
    if (this.#term !== undefined) await this.#leaveOrLose(this.#term);
    this.#lose();
  }

  async #joinAgain(): Promise<Term | undefined> {
    this.#lose();
    const queue = await this.parts.findQueue();
    if (queue?.id === this.queue.id) return this.#join(queue);
    this.#cancelled();
    return undefined;
  }

  /** @returns whether another term may follow */
  async #consume(term: Term): Promise<boolean> {
    const { store, session } = this.parts;
    const stopWaking = store.onMessages(this.queue, () => {
      this.#mayBeMore = true;
      this.wake();
    });
    const stopWatching = session.onLost((id) => {
      if (id !== term.claimant.session) return;
      term.ending.abort();
      this.wake();
    });
    try {
      while (!this.#isOver(term) || this.#decisions.size > 0) {
        this.#nap.listen();
        const want = this.#wanted(term);
        const napMs = want > 0 || this.#isOver(term) ? 0 : this.#napMs();
        if (napMs > 0) {
          await this.#rest(napMs);
          continue;
        }
        const ended = this.#apply(await this.#step(term, want), want);
        if (ended === 'session') session.lose(term.claimant.session);
        if (ended === 'queue') this.#cancelled();
        if (ended !== undefined) return ended === 'session';
      }
      return true;
    } finally {
      stopWaking();
      stopWatching();
    }
  }

  /** Also a term that began while the consumer was being stopped. */
  #isOver({ ending }: Term): boolean {
    return ending.signal.aborted || this.#stopping.signal.aborted;
  }

  #wanted(term: Term): number {
    if (!this.#claims || !this.#mayBeMore || this.#isOver(term)) return 0;
    const credit = this.options.prefetch === 0 ? MOST_AT_ONCE : this.options.prefetch - this.held.size;
    return Math.max(0, Math.min(MOST_AT_ONCE, credit));
  }

  async #step({ claimant }: Term, want: number): Promise<Step> {
    // Before it is asked: what comes meanwhile is said again.
    if (want > 0) this.#mayBeMore = false;
    const step = await this.#decisions.tell((settlements) => this.parts.store.step(claimant, settlements, want));
    this.#failures = 0;
    return step;
  }

  #apply({ messages, now, ended }: Step, want: number): Step['ended'] {
    if (want > 0 && messages.length >= want) this.#mayBeMore = true;
    // What came while it was being stopped is given back with the rest.
    if (this.#stopped !== undefined) return ended;
    const since = performance.now();
    for (const stored of messages) this.#handling.take(stored, now, since);
    this.#handling.giveBackLate();
    return ended;
  }

  /** What cannot be given back now goes with its session, which nobody keeps alive any more. */
  async #leaveOrLose(term: Term): Promise<void> {
    await this.#leave(term, true).catch((error: unknown) => {
      this.#report(error);
      this.parts.session.lose(term.claimant.session);
    });
  }

  async #leave(term: Term, givesBack: boolean): Promise<void> {
    const { queue, consumer } = term.claimant;
    if (givesBack) {
      term.ending.abort();
      if (this.#term === term) this.#term = undefined;
    }
    if (await this.parts.consumers.remove(queue, consumer, givesBack)) await this.parts.removeUnused();
  }

  /** What is in hand is somebody else's from here on. */
  #lose(): void {
    this.held.clear();
    this.#decisions.lose();
  }

  #cancelled(): void {
    if (this.#stopping.signal.aborted) return;
    this.#stopping.abort();
    this.options.onCancel(`queue "${this.queue.name}" was deleted`);
    this.parts.onStopped(this);
  }

  /** How long there is nothing to do: until the next look, or until what is decided has waited for more of its kind. */
  #napMs(): number {
    return this.#decisions.size === 0 ? this.options.pollMs : this.#decisions.dueInMs;
  }

  async #rest(ms: number): Promise<void> {
    if (!(await this.#nap.sleep(ms)) || ms < this.options.pollMs) return;
    this.#mayBeMore = true;
    this.#handling.giveBackLate();
  }

  async #patience(): Promise<void> {
    this.#failures += 1;
    await this.options.delay(backoffMs(this.#failures, PATIENCE, this.options.random), this.#stopping.signal);
  }

  #report(error: unknown): void {
    this.options.onError(error, `queue ${this.queue.name}`);
  }
}
