import { setTimeout as sleep } from 'node:timers/promises';
import type { AssignorName } from '../groups/group-state.js';
import { assignors } from '../groups/assignors.js';
import type { TopicFilter } from '../topics/topic-store.js';
import { InvalidSubscription } from './invalid-subscription.js';

/**
 * How often a record is handled at the most and at the least.
 * - `at-most-once`: the cursor moves first; a record whose handling fails or is cut off is not handled again.
 * - `at-least-once`: the cursor moves afterwards; a record may be handled again after a crash or a move of its partition.
 * - `effectively-once`: the handler's rows, the records it produces and the cursor are one transaction.
 */
export type Guarantee = 'at-most-once' | 'at-least-once' | 'effectively-once';

/** Where a group begins that has no offset, or one that retention has passed (Kafka's auto.offset.reset). */
export type OffsetReset = 'earliest' | 'latest' | 'none';

/**
 * What becomes of a record that has failed as often as it may:
 * - `stop`: its partition waits at it, and says so, until it is resumed or taken over;
 * - `skip`: the next one comes; `onError` is told;
 * - `dead-letter`: it goes to the topic `deadLetter` with the reason in its headers, then the next one comes;
 * - `park`: it is set aside, and so is what follows under its key, until the key is resumed; other keys go on.
 */
export type FailurePolicy = 'stop' | 'skip' | 'dead-letter' | 'park';

/** How a group reads topics. Defaults of Kafka unless another reason is given. */
export interface SubscribeOptions {
  /** Whose members share the partitions: letters, digits, `.`, `_` and `-`, 249 at the most. */
  readonly group: string;
  /** One topic, or several. */
  readonly topic: string | readonly string[];
  /** @default 'at-least-once' */
  readonly guarantee?: Guarantee;
  /** Kafka's `latest` lets a new group miss what was sent before it first ran. @default 'earliest' */
  readonly offsetReset?: OffsetReset;
  /** Only records of these, where the topic is an attached log. @default all */
  readonly filter?: TopicFilter;
  /** @default 'cooperativeSticky' */
  readonly assignor?: AssignorName;
  /** Makes the member static: it keeps its partitions over a restart within its session (Kafka's group.instance.id). */
  readonly instanceId?: string;
  /** Milliseconds between signs of life. @default 2000 */
  readonly heartbeatMs?: number;
  /** Milliseconds of silence after which others take over, by the database's clock. @default 8000 */
  readonly sessionMs?: number;
  /** Milliseconds one call of the handler may take before the member leaves its group, so that others go on. @default 300000 */
  readonly maxPollIntervalMs?: number;
  /** Records of one partition that are read, and handed to a batch handler, at once at the most (Kafka's max.poll.records). @default 500 */
  readonly batchSize?: number;
  /** Milliseconds between looks for new records, should every wake-up be lost. @default 1000 */
  readonly pollMs?: number;
  /** Milliseconds for which handled offsets may wait to be committed together, with `at-least-once`; a crash repeats so much. @default 100 */
  readonly commitIntervalMs?: number;
  /**
   * With `at-least-once`: `'auto'` moves the cursor past what is handled (Kafka's enable.auto.commit); `'manual'` leaves it to
   * handlers, by `delivery.commit()`. @default 'auto'
   */
  readonly commit?: 'auto' | 'manual';
  /** How often a record is tried. @default 5 */
  readonly attempts?: number;
  /** Milliseconds before the second attempt at the most, doubling with each further one. @default 200 */
  readonly retryBaseMs?: number;
  /** Milliseconds between two attempts at the most. @default 10000 */
  readonly retryMaxMs?: number;
  /** @default 'dead-letter' where `deadLetter` is given, else 'stop' */
  readonly onFailure?: FailurePolicy;
  /** The topic to which records go that cannot be handled; must exist. */
  readonly deadLetter?: string;
  /** Is told of each failed attempt, and of what the subscription itself meets. Must not throw. @default nobody */
  readonly onError?: (error: unknown, where: string) => void;
  /** A number from 0 up to 1, for the jitter. @default Math.random */
  readonly random?: () => number;
  /** Milliseconds on a clock that never goes back. @default performance.now */
  readonly now?: () => number;
  /** Waits so many milliseconds, or less when the signal aborts; resolves either way. @default a timer */
  readonly delay?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Names this member. @default a random UUID for each time it joins */
  readonly newMemberId?: () => string;
}

/** The options with their defaults. */
export interface ResolvedSubscribeOptions extends Required<
  Omit<SubscribeOptions, 'topic' | 'instanceId' | 'deadLetter'>
> {
  readonly topics: readonly string[];
  readonly instanceId: string | null;
  readonly deadLetter: string | undefined;
}

const DEFAULTS = {
  guarantee: 'at-least-once',
  offsetReset: 'earliest',
  filter: {},
  assignor: 'cooperativeSticky',
  heartbeatMs: 2_000,
  sessionMs: 8_000,
  maxPollIntervalMs: 300_000,
  batchSize: 500,
  pollMs: 1_000,
  commitIntervalMs: 100,
  commit: 'auto',
  attempts: 5,
  retryBaseMs: 200,
  retryMaxMs: 10_000,
  onError: () => undefined,
  random: Math.random,
  now: () => performance.now(),
  delay: (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal }).catch(() => undefined),
  newMemberId: () => crypto.randomUUID(),
} as const;

const FROM_ONE = ['heartbeatMs', 'sessionMs', 'maxPollIntervalMs', 'batchSize', 'pollMs', 'attempts'] as const;
const FROM_ZERO = ['commitIntervalMs', 'retryBaseMs', 'retryMaxMs'] as const;
const CHOICES = {
  guarantee: ['at-most-once', 'at-least-once', 'effectively-once'],
  offsetReset: ['earliest', 'latest', 'none'],
  onFailure: ['stop', 'skip', 'dead-letter', 'park'],
  commit: ['auto', 'manual'],
  assignor: Object.keys(assignors),
} as const;

/** @throws InvalidSubscription (`BUS_INVALID_SUBSCRIPTION`) naming every fault at once */
export function resolveSubscribeOptions(given: SubscribeOptions): ResolvedSubscribeOptions {
  const { topic, instanceId, deadLetter, ...rest } = given;
  const set = Object.fromEntries(Object.entries(rest).filter(([, value]: [string, unknown]) => value !== undefined));
  const options: ResolvedSubscribeOptions = {
    ...DEFAULTS,
    onFailure: deadLetter === undefined ? 'stop' : 'dead-letter',
    ...(set as typeof rest),
    topics: typeof topic === 'string' ? [topic] : [...new Set(topic)],
    instanceId: instanceId ?? null,
    deadLetter,
  };
  const faults = [
    ...FROM_ONE.flatMap((name) => wholeFrom(1, name, options[name])),
    ...FROM_ZERO.flatMap((name) => wholeFrom(0, name, options[name])),
    ...Object.entries(CHOICES).flatMap(([name, choices]) =>
      oneOf(choices, name, options[name as keyof typeof CHOICES]),
    ),
  ];
  if (!/^[a-zA-Z0-9._-]{1,249}$/.test(options.group)) {
    faults.push('group must be 1 to 249 letters, digits, ".", "_" or "-"');
  }
  if (options.topics.length === 0) faults.push('it needs a topic at least');
  if (options.heartbeatMs * 2 > options.sessionMs) faults.push('sessionMs must be twice heartbeatMs at least');
  if (options.guarantee === 'at-most-once' && (given.onFailure ?? 'skip') !== 'skip') {
    faults.push(`with 'at-most-once' a record that fails is gone: onFailure can only be 'skip'`);
  }
  if (options.commit === 'manual' && (options.guarantee !== 'at-least-once' || options.onFailure === 'park')) {
    faults.push(
      `commit can be 'manual' only with 'at-least-once', and not where keys are parked: those move the cursor themselves`,
    );
  }
  if (options.guarantee === 'at-most-once' && deadLetter !== undefined) {
    faults.push(`with 'at-most-once' a record that fails is gone, and is no dead letter`);
  }
  if (options.onFailure === 'dead-letter' && deadLetter === undefined) faults.push('deadLetter must name a topic');
  if (deadLetter !== undefined && options.topics.includes(deadLetter)) {
    faults.push(`deadLetter "${deadLetter}" is a topic it reads itself: a record that fails would come round for ever`);
  }
  if (faults.length > 0) throw new InvalidSubscription(options.group, faults);
  return options;
}

const wholeFrom = (least: number, name: string, value: number): string[] =>
  Number.isSafeInteger(value) && value >= least ? [] : [`${name} must be a whole number from ${least} on`];

const oneOf = (choices: readonly string[], name: string, value: string): string[] =>
  choices.includes(value) ? [] : [`${name} must be one of ${choices.join(' | ')}`];
