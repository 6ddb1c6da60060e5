import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StoredRecord } from '../topics/topic-record.js';
import { handleInOrder, RecordFailed } from './handle-in-order.js';

const records = (count: number): StoredRecord[] =>
  Array.from({ length: count }, (_, offset) => {
    return { partition: 0, offset, timestamp: 0, key: null, value: String(offset), headers: null };
  });

/** A handler that fails on some records, and says which or not, and what became of each record. */
class Course {
  readonly done: number[] = [];
  readonly givenUp: number[] = [];
  readonly tried = new Map<number, number>();

  constructor(
    private readonly poison: ReadonlySet<number>,
    private readonly knowsWhich: boolean,
    private readonly attempts: number,
    private readonly stops = false,
  ) {}

  run(count: number, stride: number): Promise<number> {
    return handleInOrder(records(count), {
      stride,
      attempts: this.attempts,
      stops: () => false,
      endsWith: () => false,
      handle: async (some) => {
        const place = some.findIndex(({ offset }) => this.poison.has(offset));
        if (some.length === 1) {
          const offset = some[0]?.offset ?? -1;
          this.tried.set(offset, (this.tried.get(offset) ?? 0) + 1);
        }
        if (place >= 0) throw this.knowsWhich ? new RecordFailed(place, new Error('poison')) : new Error('poison');
        this.done.push(...some.map(({ offset }) => offset));
      },
      pause: async () => undefined,
      giveUp: async ({ offset }) => {
        this.givenUp.push(offset);
        return !this.stops;
      },
    });
  }
}

describe('handleInOrder', () => {
  const courses = fc.record({
    count: fc.integer({ min: 1, max: 40 }),
    stride: fc.integer({ min: 1, max: 45 }),
    poison: fc.uniqueArray(fc.nat({ max: 39 })),
    knowsWhich: fc.boolean(),
    attempts: fc.integer({ min: 1, max: 3 }),
  });

  it('does all but the poisonous in order, and tries those as often as they may be', async () => {
    await fc.assert(
      fc.asyncProperty(courses, async ({ count, stride, poison, knowsWhich, attempts }) => {
        const bad = new Set(poison.filter((offset) => offset < count));
        const course = new Course(bad, knowsWhich, attempts);
        expect(await course.run(count, stride)).toBe(count);
        expect(course.done).toEqual(records(count).flatMap(({ offset }) => (bad.has(offset) ? [] : [offset])));
        expect(course.givenUp).toEqual([...bad].sort((one, other) => one - other));
        if (!knowsWhich) for (const offset of bad) expect(course.tried.get(offset)).toBe(attempts);
      }),
    );
  });

  it('stops at the first that stands in the way, with all before it done', async () => {
    await fc.assert(
      fc.asyncProperty(courses, async ({ count, stride, poison, knowsWhich, attempts }) => {
        const first = Math.min(count, ...poison);
        const course = new Course(new Set(poison), knowsWhich, attempts, true);
        expect(await course.run(count, stride)).toBe(first);
        expect(course.done).toEqual(records(first).map(({ offset }) => offset));
      }),
    );
  });

  it('ends with an error that is no fault of the records', async () => {
    const lost = new Error('lost');
    const course = handleInOrder(records(3), {
      stride: 3,
      attempts: 2,
      stops: () => false,
      endsWith: (error) => error === lost,
      handle: () => Promise.reject(lost),
      pause: async () => undefined,
      giveUp: async () => true,
    });
    await expect(course).rejects.toBe(lost);
  });
});
