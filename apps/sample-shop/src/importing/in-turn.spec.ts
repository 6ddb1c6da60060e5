import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InTurn } from './in-turn.js';

/** A task that ends when it is told to. */
function held(log: string[], name: string) {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const task = async () => {
    log.push(`${name} begins`);
    await ended;
    log.push(`${name} ends`);
  };
  return { task, end };
}

const ticks = () => new Promise((resolve) => setImmediate(resolve));

describe('Tasks in turn', () => {
  it('run side by side without a key in common, else one after the other', async () => {
    const log: string[] = [];
    const [a, b, c] = [held(log, 'a'), held(log, 'b'), held(log, 'c')];
    const inTurn = new InTurn(9);
    await inTurn.add(['1', '2'], a.task);
    await inTurn.add(['3'], b.task);
    await inTurn.add(['4', '2'], c.task);
    await ticks();
    expect(log).toEqual(['a begins', 'b begins']);
    a.end();
    await ticks();
    expect(log).toEqual(['a begins', 'b begins', 'a ends', 'c begins']);
    b.end();
    c.end();
    await inTurn.end();
  });

  it('wait at the door when there are as many as allowed', async () => {
    const log: string[] = [];
    const [a, b] = [held(log, 'a'), held(log, 'b')];
    const inTurn = new InTurn(2);
    await inTurn.add([], a.task);
    let isIn = false;
    const added = inTurn.add([], b.task).then(() => (isIn = true));
    await ticks();
    expect(isIn).toBe(false);
    a.end();
    await added;
    b.end();
    await inTurn.end();
    expect(log).toHaveLength(4);
  });

  it('end with the first failure, after which none begins', async () => {
    const log: string[] = [];
    const inTurn = new InTurn(9);
    await inTurn.add(['1'], () => Promise.reject(new Error('broken')));
    await inTurn.add(['1'], async () => void log.push('after'));
    await expect(inTurn.end()).rejects.toThrow('broken');
    await expect(inTurn.add([], async () => void log.push('later'))).rejects.toThrow('broken');
    expect(log).toEqual([]);
  });

  it('can be stopped: what runs ends, what waits never begins', async () => {
    const log: string[] = [];
    const a = held(log, 'a');
    const inTurn = new InTurn(9);
    await inTurn.add(['1'], a.task);
    await inTurn.add(['1'], async () => void log.push('b'));
    await ticks();
    const stopped = inTurn.stop();
    a.end();
    await stopped;
    expect(log).toEqual(['a begins', 'a ends']);
  });

  it('happen to each key in the order they came, whatever the keys and the limit', async () => {
    const keys = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(fc.array(keys, { maxLength: 30 }), fc.integer({ min: 1, max: 8 }), async (tasks, limit) => {
        const happened = new Map<string, number[]>();
        const inTurn = new InTurn(limit);
        for (const [place, each] of tasks.entries())
          await inTurn.add(each, async () => {
            await (place % 3 === 0 ? ticks() : undefined);
            for (const key of each) happened.set(key, [...(happened.get(key) ?? []), place]);
          });
        await inTurn.end();
        for (const places of happened.values()) expect(places).toEqual(places.toSorted((a, b) => a - b));
        expect([...happened.values()].flat()).toHaveLength(tasks.flat().length);
      }),
      { numRuns: 60 },
    );
  });
});
