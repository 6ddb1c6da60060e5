import { describe, expect, it } from 'vitest';
import { OneAhead } from './one-ahead.js';

describe('Asking one ahead', () => {
  async function* numbers(asked: number[], upTo: number, fails = false): AsyncGenerator<number> {
    for (let n = 1; n <= upTo; n += 1) {
      asked.push(n);
      yield await Promise.resolve(n);
    }
    if (fails) throw new Error('no more');
  }

  it('gives everything in order, and reads the next while this one is in hand, but not before it is told to', async () => {
    const [asked, got]: [number[], number[]] = [[], []];
    const source = new OneAhead(numbers(asked, 4));
    for await (const n of source) {
      await new Promise(setImmediate);
      expect(asked.at(-1)).toBe(n);
      source.ask();
      source.ask();
      await new Promise(setImmediate);
      expect(asked.at(-1)).toBe(Math.min(4, n + 1));
      got.push(n);
    }
    expect(got).toEqual([1, 2, 3, 4]);
  });

  it('reads on all the same when nobody asks', async () => {
    const got: number[] = [];
    for await (const n of new OneAhead(numbers([], 3))) got.push(n);
    expect(got).toEqual([1, 2, 3]);
  });

  it('fails where its source does, after all that came before', async () => {
    const got: number[] = [];
    const reading = (async () => {
      const source = new OneAhead(numbers([], 2, true));
      for await (const n of source) {
        source.ask();
        got.push(n);
      }
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
    const ahead = new OneAhead(source);
    for await (const n of ahead) {
      ahead.ask();
      expect(n).toBe(1);
      break;
    }
  });
});
