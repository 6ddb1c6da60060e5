import { once } from 'node:events';
import type { UnitOfWork } from '@annals/log';
import type { Bus } from '../bus.js';
import type { AttachableLog } from '../topics/attached-topics.js';
import type { SubscribeOptions } from '../handling/subscribe-options.js';
import type { RecordPlace, TopicRecord } from '../topics/topic-record.js';

/** A bus that a contract suite may use as it likes. */
export interface BusUnderTest {
  readonly bus: Bus;
  /** The event log that the topic `events` shows. */
  readonly log: AttachableLog;
  /** Units of the application, whose appends go to `log`. */
  readonly unitOfWork: UnitOfWork;
  /** Turns the clock by which the engine judges ages and sessions. */
  passTime(ms: number): Promise<void>;
  /** Another process's bus on the same topics: the same one where the engine knows no other process. */
  other(): Promise<Bus>;
  /** As `other`, one that gives no sign of life once its first session is open. */
  dying(): Promise<Bus>;
  /** Ends everything, also what the suite left open. */
  stop(): Promise<void>;
}

/** Quick settings: nothing waits for a default that is made for production. */
export const QUICK = {
  heartbeatMs: 100,
  sessionMs: 2_000,
  pollMs: 50,
  commitIntervalMs: 10,
  retryBaseMs: 1,
  retryMaxMs: 5,
} satisfies Partial<SubscribeOptions>;

/** Collects what handlers get, and lets a test wait for it. */
export class Seen {
  readonly records: TopicRecord[] = [];
  readonly #grown = new EventTarget();

  readonly handle = (record: TopicRecord): void => {
    this.records.push(record);
    this.#grown.dispatchEvent(new Event('grown'));
  };

  get values(): unknown[] {
    return this.records.map(({ value }) => value);
  }

  /** Waits until so many have come. */
  async atLeast(count: number): Promise<void> {
    while (this.records.length < count) await once(this.#grown, 'grown');
  }

  /** Waits until a condition holds; it is looked at after each record. */
  async until(condition: (seen: this) => boolean): Promise<void> {
    while (!condition(this)) await once(this.#grown, 'grown');
  }
}

/** Waits until `condition` holds, looking again and again: for what nobody tells. */
export async function eventually(condition: () => Promise<boolean> | boolean, what = 'it'): Promise<void> {
  for (let waitedMs = 0; !(await condition()); waitedMs += 10) {
    if (waitedMs > 20_000) throw new Error(`${what} did not come true within 20 s`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Where a group stands in each partition, 0 before its first commit; nothing before its first member's first beat. */
async function offsetsOf(bus: Bus, group: string): Promise<readonly number[]> {
  if (!(await bus.listGroups()).includes(group)) return [];
  return (await bus.describeGroup(group)).positions.map(({ offset }) => offset ?? 0);
}

/** Waits until a group has committed so many records in all. */
export const committed = (bus: Bus, group: string, count: number): Promise<void> =>
  eventually(
    async () => (await offsetsOf(bus, group)).reduce((sum, offset) => sum + offset, 0) === count,
    `a commit of ${count}`,
  );

/** The error a promise ends with. @throws Error when it does not */
export async function failureOf(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('it was expected to fail');
}

/** 0, 1, …, count − 1. */
export const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** Sends records one after the other, all at once. */
export function sendAll(
  bus: Bus,
  topic: string,
  values: readonly unknown[],
  key?: (value: unknown) => string,
): Promise<readonly RecordPlace[]> {
  return Promise.all(values.map((value) => bus.publish(topic, { value, ...(key && { key: key(value) }) })));
}
