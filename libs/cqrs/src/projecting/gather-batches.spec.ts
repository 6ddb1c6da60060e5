import type { EventBatch, RecordedEvent } from '@annals/event-store';
import { describe, expect, it } from 'vitest';
import { gatherBatches } from './gather-batches.js';

let offset = 0;
const batch = (events: number, caughtUp = false): EventBatch => ({
  events: Array.from({ length: events }, () => ({ offset: offset++ }) as RecordedEvent),
  checkpoint: [offset],
  caughtUp,
});

async function* from(batches: readonly EventBatch[]): AsyncGenerator<EventBatch> {
  for (const each of batches) yield await Promise.resolve(each);
}

const gathered = async (...batches: readonly EventBatch[]): Promise<EventBatch[]> => {
  const result: EventBatch[] = [];
  for await (const each of gatherBatches(from(batches), 10)) result.push(each);
  // Whatever the sizes, nothing is lost, doubled or moved, and each checkpoint is that of its last part.
  expect(result.flatMap(({ events }) => events)).toEqual(batches.flatMap(({ events }) => events));
  expect(result.at(-1)?.checkpoint).toEqual(batches.at(-1)?.checkpoint);
  return result;
};
const sizes = (batches: readonly EventBatch[]): number[] => batches.map(({ events }) => events.length);

describe('Gathering batches', () => {
  it('puts small ones together up to the size', async () => {
    const parts = [batch(4), batch(4), batch(4), batch(6), batch(3, true)];
    const result = await gathered(...parts);
    expect(sizes(result)).toEqual([8, 10, 3]);
    expect(result[0]?.checkpoint).toEqual(parts[1]?.checkpoint);
  });

  it('hands over what it has as soon as there is nothing more to read', async () => {
    const result = await gathered(batch(1, true), batch(2), batch(3, true), batch(0, true));
    expect(sizes(result)).toEqual([1, 5, 0]);
    expect(result.every(({ caughtUp }) => caughtUp)).toBe(true);
  });

  it('leaves a batch that is too large as it is', async () => {
    expect(sizes(await gathered(batch(2), batch(25), batch(1)))).toEqual([2, 25, 1]);
  });

  it('passes on what it has when the source ends in between', async () => {
    expect(sizes(await gathered(batch(2), batch(0)))).toEqual([2]);
    expect(await gathered()).toEqual([]);
  });
});
