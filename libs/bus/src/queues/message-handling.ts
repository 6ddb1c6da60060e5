import { backoffMs } from '@annals/message';
import type { UnitOfWork } from '@annals/log';
import type { ResolvedConsumeOptions } from './consume-options.js';
import type { DeadLetters } from './dead-letters.js';
import type { OnSettled } from './decisions.js';
import { DeliveryLost } from './delivery-lost.js';
import type { DeathReason } from './envelope.js';
import { readEnvelope } from './envelope.js';
import type { Held, HeldMessages } from './held-messages.js';
import type { MessageDelivery, MessageHandler } from './message-delivery.js';
import type { Queue } from './queue.js';
import { QueueMessage } from './queue-message.js';
import type { StoredMessage } from './queue-message.js';
import type { Settlement } from './queue-store.js';
import { tracedDelivery } from '../tracing/traced-delivery.js';
import type { UnitSettlements } from './unit-settlements.js';

/** The consumer as its handling sees it. */
export interface HandlingConsumer {
  readonly queue: Queue;
  readonly options: ResolvedConsumeOptions;
  readonly held: HeldMessages;
  readonly session: string | undefined;
  readonly signal: AbortSignal;
  settle(held: Held, settlement: Settlement, onSettled: OnSettled): void;
  wake(): void;
}

/** What the handling of messages works with. */
export interface HandlingParts {
  readonly handle: MessageHandler;
  readonly deadLetters: DeadLetters;
  readonly publish: MessageDelivery['publish'];
  readonly unitOfWork: UnitOfWork | undefined;
  readonly settlements: UnitSettlements;
}

/** A message with a time to live of 0 is delivered if a consumer gets it within so many milliseconds. */
const AT_ONCE_MS = 50;

/** Calls the handler for messages of one consumer, and decides by the outcome what becomes of them. */
export class MessageHandling {
  #running = 0;
  #whenIdle: (() => void)[] = [];

  constructor(
    private readonly consumer: HandlingConsumer,
    private readonly parts: HandlingParts,
  ) {}

  /**
   * Takes a message in hand.
   * @param now by the engine's clock, milliseconds since 1970
   * @param since milliseconds on a clock that never goes back
   */
  take(stored: StoredMessage, now: number, since: number): void {
    const { queue, options, held } = this.consumer;
    const isGone = options.guarantee === 'at-most-once';
    const reason = reasonToDie(stored, now, queue.config.deliveryLimit);
    if (isGone) {
      if (reason === undefined) this.#call({ tag: 0, stored, since });
      else this.#run(this.parts.deadLetters.send(queue, stored, reason), stored);
      return;
    }
    const one = held.add(stored, since);
    if (reason === undefined) this.#call(one);
    else this.#run(this.bury(one, reason), stored);
  }

  /** Resolves when no handler runs, and nothing they have led to. */
  async idle(): Promise<void> {
    if (this.#running > 0) await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
  }

  /** @throws DeliveryLost (`BUS_DELIVERY_LOST`) */
  done(held: Held): Promise<void> {
    const { lane, seq, first } = held.stored;
    return this.#settled(held, { lane, seq, first });
  }

  /** To come again, unless it has done so as often as it may. @throws DeliveryLost (`BUS_DELIVERY_LOST`) */
  giveBack(held: Held, delayMs: number): Promise<void> {
    const { lane, seq, first, attempt } = held.stored;
    const { deliveryLimit } = this.consumer.queue.config;
    if (deliveryLimit >= 0 && attempt > deliveryLimit) return this.bury(held, 'delivery_limit');
    return this.#settled(held, { lane, seq, first, back: { attempts: attempt, delayMs } });
  }

  /** Makes it a dead letter. @throws DeliveryLost (`BUS_DELIVERY_LOST`) */
  async bury(held: Held, reason: DeathReason): Promise<void> {
    const { session, queue } = this.consumer;
    const isBuried =
      session !== undefined &&
      this.consumer.held.has(held) &&
      (await this.parts.deadLetters.bury(session, queue, [held.stored], reason));
    this.consumer.held.remove(held);
    this.consumer.wake();
    if (!isBuried) throw this.#lost(held.stored);
  }

  /** Gives back what has been in hand for too long. */
  giveBackLate(): void {
    const { held, options } = this.consumer;
    for (let oldest = held.oldest(); oldest !== undefined; oldest = held.oldest()) {
      if (performance.now() - oldest.since < options.ackTimeoutMs) return;
      this.#report(new Error(`it was in hand for more than ${options.ackTimeoutMs} ms`), oldest.stored);
      this.#run(this.giveBack(oldest, 0), oldest.stored);
    }
  }

  #call(held: Held): void {
    if (this.consumer.options.guarantee === 'effectively-once') {
      this.#run(
        this.#inUnit(held).catch((error: unknown) => this.#failed(held, error)),
        held.stored,
      );
      return;
    }
    try {
      const outcome = this.#handle(held, undefined);
      if (outcome instanceof Promise) {
        this.#run(
          outcome.then(
            () => this.#acknowledge(held),
            (error: unknown) => this.#failed(held, error),
          ),
          held.stored,
        );
      } else this.#acknowledge(held);
    } catch (error) {
      this.#run(this.#failed(held, error), held.stored);
    }
  }

  #handle({ tag, stored }: Held, manager: unknown): unknown {
    const { queue, options, signal } = this.consumer;
    const delivery: MessageDelivery = {
      deliveryTag: tag,
      consumerTag: options.consumerTag,
      queue: queue.name,
      signal,
      manager,
      publish: this.parts.publish,
    };
    return tracedDelivery(queue.name, [stored.envelope], () =>
      this.parts.handle(new QueueMessage(queue.name, stored), delivery),
    );
  }

  /** The handler's rows and events, what it publishes, and the acknowledgement are one unit of work. */
  async #inUnit(held: Held): Promise<void> {
    const { unitOfWork, settlements } = this.parts;
    const { session, queue } = this.consumer;
    const { lane, seq, first, envelope } = held.stored;
    await unitOfWork?.run(async (manager) => {
      if (session === undefined) throw this.#lost(held.stored);
      await this.#handle(held, manager);
      const settlement = { lane, seq, first };
      unitOfWork
        .current()
        ?.contribute(settlements, { session, settlement, queue: queue.name, messageId: readEnvelope(envelope).i });
    });
    this.consumer.held.remove(held);
    this.consumer.wake();
  }

  /** After the handler: nobody waits for it, and only if it comes too late somebody is told. */
  #acknowledge(held: Held): void {
    const { ack, guarantee } = this.consumer.options;
    if (ack === 'manual' || guarantee === 'at-most-once') return;
    const { lane, seq, first } = held.stored;
    this.consumer.settle(held, { lane, seq, first }, (isHeld, error) => {
      if (!isHeld) this.#report(error ?? this.#lost(held.stored), held.stored);
    });
  }

  #settled(held: Held, settlement: Settlement): Promise<void> {
    return new Promise((resolve, reject) => {
      this.consumer.settle(held, settlement, (isHeld, error) => {
        if (isHeld) resolve();
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what the engine threw
        else reject(error ?? this.#lost(held.stored));
      });
    });
  }

  async #failed(held: Held, error: unknown): Promise<void> {
    const { options, held: inHand } = this.consumer;
    this.#report(error, held.stored);
    if (!inHand.has(held)) return;
    const { attempt } = held.stored;
    if (attempt < options.attempts && !options.isFinal(error)) {
      const backoff = { baseMs: options.retryBaseMs, maxMs: options.retryMaxMs };
      return this.giveBack(held, Math.round(backoffMs(attempt, backoff, options.random)));
    }
    if (options.onFailure === 'requeue') return this.giveBack(held, 0);
    return options.onFailure === 'drop' ? this.done(held) : this.bury(held, 'rejected');
  }

  #run(work: Promise<void>, stored: StoredMessage): void {
    this.#running += 1;
    this.#watch(
      work.finally(() => {
        this.#running -= 1;
        if (this.#running === 0) for (const resolve of this.#whenIdle.splice(0)) resolve();
      }),
      stored,
    );
  }

  #watch(work: Promise<void> | undefined, stored: StoredMessage): void {
    work?.catch((error: unknown) => this.#report(error, stored));
  }

  #lost({ envelope }: StoredMessage): DeliveryLost {
    return new DeliveryLost(this.consumer.queue.name, readEnvelope(envelope).i);
  }

  #report(error: unknown, { envelope }: StoredMessage): void {
    this.consumer.options.onError(error, `queue ${this.consumer.queue.name}, message ${idOf(envelope)}`);
  }
}

/** Why a message is not delivered but becomes a dead letter. */
function reasonToDie(stored: StoredMessage, now: number, deliveryLimit: number): DeathReason | undefined {
  const { attempt, expiresAt, publishedAt } = stored;
  if (deliveryLimit >= 0 && attempt > deliveryLimit + 1) return 'delivery_limit';
  if (expiresAt === null || expiresAt > now) return undefined;
  return expiresAt === publishedAt && now - publishedAt < AT_ONCE_MS ? undefined : 'expired';
}

function idOf(envelope: string): string {
  try {
    return readEnvelope(envelope).i;
  } catch {
    return 'that cannot be read';
  }
}
