import { setTimeout as sleep } from 'node:timers/promises';
import type { Guarantee } from '../handling/subscribe-options.js';
import { shortTextFaults } from '../routing/name-faults.js';
import { InvalidConsumer } from './invalid-consumer.js';

/**
 * What becomes of a message that has failed as often as it may:
 * - `dead-letter`: it goes where the queue's dead letters go;
 * - `requeue`: it comes again at once, in its old place, until the queue's `deliveryLimit` makes it a dead letter;
 * - `drop`: it is gone; `onError` is told.
 */
export type MessageFailurePolicy = 'dead-letter' | 'requeue' | 'drop';

/** How a queue is consumed. */
export interface ConsumeOptions {
  readonly queue: string;
  /**
   * - `at-most-once`: a message is gone when it is delivered (AMQP's automatic acknowledgement);
   * - `at-least-once`: it is acknowledged afterwards, and comes again after a crash;
   * - `effectively-once`: its acknowledgement is part of the unit of work that the handler runs in.
   * @default 'at-least-once'
   */
  readonly guarantee?: Guarantee;
  /** With `at-least-once`: `'auto'` acknowledges what the handler resolves for; `'manual'` leaves it to the consumer's `ack`, `nack` and `reject`. @default 'auto' */
  readonly ack?: 'auto' | 'manual';
  /** How many messages may be in this consumer's hands, and so handled at the same time; 0: any number. @default 10 */
  readonly prefetch?: number;
  /** As long as one of a higher priority can take more, those of lower ones get nothing. @default 0 */
  readonly priority?: number;
  /** Nobody else may consume the queue meanwhile. @default false */
  readonly exclusive?: boolean;
  /** Names the consumer for operators. @default a random one */
  readonly consumerTag?: string;
  /** How often a message is tried. @default 5 */
  readonly attempts?: number;
  /** Milliseconds before the second attempt at the most, doubling with each further one; the message waits in its queue, and comes again behind all that was there. @default 200 */
  readonly retryBaseMs?: number;
  /** Milliseconds between two attempts at the most. @default 10000 */
  readonly retryMaxMs?: number;
  /** @default 'dead-letter' */
  readonly onFailure?: MessageFailurePolicy;
  /** Whether a message that fails so is not worth another attempt. @default never */
  readonly isFinal?: (error: unknown) => boolean;
  /** Milliseconds a message may be in this consumer's hands before it is given back (RabbitMQ's consumer timeout). @default 1800000 (30 minutes) */
  readonly ackTimeoutMs?: number;
  /** Milliseconds between looks for messages, should every wake-up be lost. @default 1000 */
  readonly pollMs?: number;
  /** Is told when the consumer ends though nobody stopped it, as when its queue is deleted (RabbitMQ's consumer cancel notification). @default nobody */
  readonly onCancel?: (reason: string) => void;
  /** Is told of each failed attempt, and of what the consumer itself meets. Must not throw. @default nobody */
  readonly onError?: (error: unknown, where: string) => void;
  /** A number from 0 up to 1, for the jitter. @default Math.random */
  readonly random?: () => number;
  /** Waits so many milliseconds, or less when the signal aborts; resolves either way. @default a timer */
  readonly delay?: (ms: number, signal: AbortSignal) => Promise<void>;
}

export type ResolvedConsumeOptions = Required<ConsumeOptions>;

const DEFAULTS = {
  guarantee: 'at-least-once',
  ack: 'auto',
  prefetch: 10,
  priority: 0,
  exclusive: false,
  attempts: 5,
  retryBaseMs: 200,
  retryMaxMs: 10_000,
  onFailure: 'dead-letter',
  isFinal: () => false,
  ackTimeoutMs: 1_800_000,
  pollMs: 1_000,
  onCancel: () => undefined,
  onError: () => undefined,
  random: Math.random,
  delay: (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal }).catch(() => undefined),
} as const;

const LEAST = { attempts: 1, pollMs: 1, ackTimeoutMs: 1, prefetch: 0, retryBaseMs: 0, retryMaxMs: 0 } as const;
/** AMQP's: an unsigned short. */
const MOST_PREFETCH = 65_535;
const MOST_PRIORITY = 2 ** 31 - 1;
const CHOICES = {
  guarantee: ['at-most-once', 'at-least-once', 'effectively-once'],
  ack: ['auto', 'manual'],
  onFailure: ['dead-letter', 'requeue', 'drop'],
  exclusive: [true, false],
} as const;

/** @throws InvalidConsumer (`BUS_INVALID_CONSUMER`) naming every fault at once */
export function resolveConsumeOptions(given: ConsumeOptions): ResolvedConsumeOptions {
  const set = Object.fromEntries(Object.entries(given).filter(([, value]: [string, unknown]) => value !== undefined));
  const options: ResolvedConsumeOptions = {
    ...DEFAULTS,
    consumerTag: `consumer-${crypto.randomUUID()}`,
    ...(set as unknown as ConsumeOptions),
  };
  const faults = Object.entries(LEAST)
    .filter(
      ([name, least]) =>
        !(Number.isSafeInteger(options[name as keyof typeof LEAST]) && options[name as keyof typeof LEAST] >= least),
    )
    .map(([name, least]) => `${name} must be a whole number from ${least} on`);
  for (const [name, choices] of Object.entries(CHOICES)) {
    const value = options[name as keyof typeof CHOICES];
    if (!(choices as readonly unknown[]).includes(value)) faults.push(`${name} must be one of ${choices.join(' | ')}`);
  }
  if (options.prefetch > MOST_PREFETCH) faults.push(`prefetch must be at most ${MOST_PREFETCH}`);
  if (!Number.isSafeInteger(options.priority) || Math.abs(options.priority) > MOST_PRIORITY) {
    faults.push(`priority must be a whole number from -${MOST_PRIORITY} to ${MOST_PRIORITY}`);
  }
  faults.push(...shortTextFaults('its tag', options.consumerTag));
  if (options.ack === 'manual' && options.guarantee !== 'at-least-once') {
    faults.push(`ack can be 'manual' only with 'at-least-once': the others settle by themselves`);
  }
  if (options.guarantee === 'at-most-once' && (given.onFailure ?? 'drop') !== 'drop') {
    faults.push(`with 'at-most-once' a message that fails is gone: onFailure can only be 'drop'`);
  }
  if (faults.length > 0) throw new InvalidConsumer(given.queue, faults);
  return options;
}
