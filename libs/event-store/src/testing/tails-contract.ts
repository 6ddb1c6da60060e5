import { expect, it } from 'vitest';
import type { RecordedEvent } from '../stream/recorded-event.js';
import type { StoreUnderTest } from './store-under-test.js';
import { aCategory, all, aStream, events, failureOf, take } from './store-under-test.js';

const positions = (read: readonly RecordedEvent[]): number[] => read.map(({ position }) => position);

/** Live tails. What waits for a wake-up polls so rarely that only the wake-up can help. */
export function testTails(under: StoreUnderTest): void {
  testWaking(under);
  testEnding(under);
  testObservables(under);
}

function testWaking(under: StoreUnderTest): void {
  it('gives what is there and then what comes, in order, each once', async () => {
    const { store } = under();
    const category = aCategory();
    const from = await store.head();
    await store.append(aStream(category), 'any', events(5));
    const taken = take(store.tail(from, { category, batchSize: 2 }), 25);
    for (let n = 0; n < 10; n += 1) await store.append(aStream(category), 'any', events(2));
    expect(positions(await taken)).toEqual(positions(await all(store.readCategory(category))));
  });

  it('wakes for an append made while it waits', async () => {
    const { store } = under();
    const from = await store.head();
    const tail = store.tail(from, { pollMs: 60_000 })[Symbol.asyncIterator]();
    for (let n = 0; n < 5; n += 1) {
      const next = tail.next();
      await store.append(aStream(), 'any', events(1, { data: n }));
      const { value } = (await next) as { value: { events: RecordedEvent[] } };
      expect(value.events.map(({ data }) => data)).toEqual([n]);
    }
    await tail.return?.();
  });

  it('wakes for an append made while its consumer was at work', async () => {
    const { store } = under();
    const from = await store.head();
    await store.append(aStream(), 'any', events(1));
    let batches = 0;
    for await (const { events: seen, checkpoint, caughtUp } of store.tail(from, { pollMs: 60_000 })) {
      expect(seen).toHaveLength(1);
      expect(checkpoint).toEqual(await store.head());
      expect(caughtUp).toBe(true);
      batches += 1;
      if (batches === 4) break;
      await store.append(aStream(), 'any', events(1));
    }
    expect(batches).toBe(4);
  });
}

function testEnding(under: StoreUnderTest): void {
  it('ends without an error when the signal aborts while it waits, at once when it had before', async () => {
    const { store } = under();
    const abort = new AbortController();
    const waiting = all(store.tail(await store.head(), { signal: abort.signal, pollMs: 60_000 }));
    await Promise.resolve();
    abort.abort();
    expect(await waiting).toEqual([]);
    const zero = (await store.head()).map(() => 0);
    expect(await all(store.tail(zero, { signal: abort.signal }))).toEqual([]);
  });

  it('ends when its iterator is returned while it waits', async () => {
    const { store } = under();
    const tail = store.tail(await store.head(), { pollMs: 60_000 })[Symbol.asyncIterator]();
    const next = tail.next();
    await tail.return?.();
    expect(await next).toEqual({ done: true, value: undefined });
    expect(await tail.next()).toEqual({ done: true, value: undefined });
  });
}

function testObservables(under: StoreUnderTest): void {
  it('gives single events as an Observable, until it is left', async () => {
    const { store } = under();
    const category = aCategory();
    const seen: unknown[] = [];
    const from = await store.head();
    await new Promise<void>((resolve, reject) => {
      const subscription = store.tail$(from, { category, pollMs: 60_000 }).subscribe({
        next: ({ data }) => {
          seen.push(data);
          if (seen.length < 4) return;
          subscription.unsubscribe();
          resolve();
        },
        error: reject,
      });
      void store
        .append(aStream(category), 'any', events(2))
        .then(() => store.append(aStream(category), 'any', events(3)));
    });
    expect(seen).toEqual([{ n: 1 }, { n: 2 }, { n: 1 }, { n: 2 }]);
  });

  it('completes the Observable when the signal aborts', async () => {
    const { store } = under();
    const abort = new AbortController();
    const from = await store.head();
    const completed = new Promise<string>((resolve, error) => {
      const complete = (): void => {
        resolve('completed');
      };
      store.tail$(from, { signal: abort.signal, pollMs: 60_000 }).subscribe({ complete, error });
    });
    abort.abort();
    expect(await completed).toBe('completed');
  });

  it('names every fault of its options at once', async () => {
    const { store } = under();
    const head = await store.head();
    expect(() => store.tail(head, { batchSize: 0, pollMs: 2 ** 31 })).toThrow(/batchSize .*pollMs /s);
    const failed = new Promise((_, reject) => store.tail$(head, { pollMs: 0 }).subscribe({ error: reject }));
    expect(await failureOf(failed)).toBeInstanceOf(RangeError);
  });
}
