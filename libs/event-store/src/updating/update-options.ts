import { setTimeout as sleep } from 'node:timers/promises';
import type { AppendOptions } from '../stream/append-options.js';
import type { AppendResult } from '../stream/appended.js';
import type { QueuedChange } from './stream-queue.js';

/** How a stream is updated. */
export interface UpdateOptions extends AppendOptions {
  /** Executions of the decision at the most, when others change the stream meanwhile; 1 never repeats. @default 5 */
  readonly attempts?: number | undefined;
  /** Waits before a decision that lost a race is made again. @default up to 10 ms, doubling with each attempt, at random */
  readonly pause?: ((attempt: number) => Promise<unknown>) | undefined;
}

/** What an update led to. */
export interface Updated<Result> {
  /** What the decision returned. */
  readonly result: Result;
  /** Undefined when nothing was decided. */
  readonly appended: AppendResult | undefined;
}

const ATTEMPTS = 5;
const BASE_MS = 10;

/** @throws RangeError when `attempts` is not a whole number from 1 on */
export function resolveUpdate({
  attempts = ATTEMPTS,
  pause = doubling,
}: UpdateOptions): Pick<QueuedChange<never>, 'attempts' | 'pause'> {
  if (!Number.isInteger(attempts) || attempts < 1)
    throw new RangeError('UpdateOptions: attempts must be a whole number from 1 on');
  return { attempts, pause };
}

const doubling = (attempt: number): Promise<unknown> => sleep(Math.random() * BASE_MS * 2 ** (attempt - 1));
