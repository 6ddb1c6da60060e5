import { describe, expect, it } from 'vitest';
import { oneAhead } from './one-ahead.js';

describe('Asking one ahead', () => {
  async function* numbers(asked: number[], upTo: number, fails = false): AsyncGenerator<number> {
    for (let n = 1; n <= upTo; n += 1) {
      asked.push(n);
      yield await Promise.resolve(n);
    }
    if (fails) throw new Error('no more');
  }

  it('gives everything in order, and asks for the next while this one is in hand', async () => {
    const [asked, got]: [number[], number[]] = [[], []];
    for await (const n of oneAhead(numbers(asked, 4))) {
      await new Promise(setImmediate);
      got.push(n);
      expect(asked.at(-1)).toBe(Math.min(4, n + 1));
    }
    expect(got).toEqual([1, 2, 3, 4]);
  });

  it('fails where its source does, after all that came before', async () => {
    const got: number[] = [];
    const reading = (async () => {
      for await (const n of oneAhead(numbers([], 2, true))) got.push(n);
    })();
    await expect(reading).rejects.toThrow('no more');
    expect(got).toEqual([1, 2]);
  });

  it('waits for nothing when its consumer leaves', async () => {
    const source = {
      [Symbol.asyncIterator]: () => ({
        n: 0,
        next(): Promise<IteratorResult<number>> {
          this.n += 1;
          return this.n === 1 ? Promise.resolve({ done: false, value: 1 }) : new Promise(() => undefined);
        },
      }),
    };
    for await (const n of oneAhead(source)) {
      expect(n).toBe(1);
      break;
    }
  });
});
