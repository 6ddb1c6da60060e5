import { setTimeout as sleep } from 'node:timers/promises';

/**
 * What went wrong with a whole batch.
 * - `statement`: what one of its requests says; nothing took effect.
 * - `locked`: a place stayed locked by another for too long; nothing took effect.
 * - `connection-lost`: nobody knows whether it took effect.
 */
export type FailureKind = 'statement' | 'locked' | 'connection-lost';

/** How a batch is to be sent. */
export interface Attempt {
  /**
   * From 0 on; the lane after the last is for requests that wait for a locked place. Batches of one lane may be under way
   * together, and must be carried out in the order in which they were given.
   */
  readonly lane: number;
  /** Some of the requests may have taken effect in an earlier attempt. */
  readonly repeat: boolean;
  /** Do not wait for locks: answer with a locked outcome what would have to wait. */
  readonly skipLocked: boolean;
}

/** How a GroupCommit works. */
export interface GroupCommitOptions<Request, Outcome> {
  /** Carries out a batch and gives one outcome for each request, in order. */
  readonly commit: (batch: readonly Request[], attempt: Attempt) => Promise<readonly Outcome[]>;
  /** The places (partitions) a request needs, ascending, each once: what it locks. */
  readonly placesOf: (request: Request) => readonly number[];
  /** The keys (streams) of a request. Two requests with a key in common never overtake one another. */
  readonly keysOf: (request: Request) => readonly string[];
  /** What an error of `commit` means. */
  readonly kindOf: (error: unknown) => FailureKind;
  /** Whether an outcome says that the request has to be tried again, since a place of it was locked. @default never */
  readonly isLocked?: (outcome: Outcome) => boolean;
  /** What a request weighs, such as its number of events. @default 1 each */
  readonly weightOf?: (request: Request) => number;
  /** What a batch may weigh; a request that weighs more goes alone. @default 1000 */
  readonly maxWeight?: number;
  /** Lanes used side by side when many requests wait. @default 2 */
  readonly lanes?: number;
  /** More than one lane is used when more requests wait than this: below, one larger batch costs less than two. @default 100 */
  readonly splitAbove?: number;
  /**
   * While a batch is in flight in the only lane, a second one follows it as soon as so many requests wait, so that the
   * database need not wait for this process, nor this process for it; of twice as many at once, half go first, unless
   * most of them have a key in common with others, so that the second half could not follow.
   * @default 12
   */
  readonly followFrom?: number;
  /** How long a request is tried, from the first failure on, milliseconds. @default 30000 */
  readonly giveUpAfterMs?: number;
  /** Milliseconds before the next attempt; `failures` counts from 1. @default 10, 20, 40, … up to 1000 */
  readonly backoffMs?: (failures: number) => number;
  /** A clock in milliseconds. @default performance.now */
  readonly now?: () => number;
  /** Waits so many milliseconds. @default a timer */
  readonly sleep?: (ms: number) => Promise<unknown>;
}

/** @throws RangeError that names every option at fault */
export function resolveGroupCommitOptions<Request, Outcome>(
  given: GroupCommitOptions<Request, Outcome>,
): Required<GroupCommitOptions<Request, Outcome>> {
  const options = {
    isLocked: () => false,
    weightOf: () => 1,
    maxWeight: 1_000,
    lanes: 2,
    splitAbove: 100,
    followFrom: 12,
    giveUpAfterMs: 30_000,
    backoffMs: (failures: number) => Math.min(10 * 2 ** (failures - 1), 1_000),
    now: () => performance.now(),
    sleep: (ms: number) => sleep(ms),
    ...given,
  };
  const { maxWeight, lanes, splitAbove, followFrom, giveUpAfterMs } = options;
  const faults = Object.entries({ maxWeight, lanes, followFrom })
    .filter(([, value]) => !Number.isInteger(value) || value < 1)
    .concat(Object.entries({ splitAbove, giveUpAfterMs }).filter(([, value]) => !(value >= 0)))
    .map(([name, value]) => `${name} is ${value}`);
  if (faults.length > 0) {
    throw new RangeError(
      `GroupCommit: ${faults.join('; ')}; lanes, maxWeight and followFrom are whole numbers from 1, the others not below 0`,
    );
  }
  return options;
}
