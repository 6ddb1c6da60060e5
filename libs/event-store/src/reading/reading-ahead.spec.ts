import { InMemoryUnitOfWork, startOf } from '@annals/log';
import { describe, expect, it, vi } from 'vitest';
import { LogEventStore } from '../log-event-store.js';
import { all, events, failureOf, take } from '../testing/store-under-test.js';
import { gate, WatchedLog } from '../testing/watched-log.js';

function open(): { log: WatchedLog; store: LogEventStore } {
  const log = new WatchedLog({ partitions: 1 });
  return { log, store: new LogEventStore({ log, unitOfWork: new InMemoryUnitOfWork(log), wakesReaders: log }) };
}

const START = startOf(1);

/** Lets all that is ready to run do so. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('reading ahead', () => {
  it('reads the next page while the consumer works on this one, and none after that', async () => {
    const { log, store } = open();
    await store.append('order-1', 'any', events(45));
    for (const read of [store.read('order-1', { batchSize: 10 }), store.readAll(START, { batchSize: 10 })]) {
      log.started = 0;
      let seen = 0;
      for await (const _ of read) {
        seen += 1;
        const page = Math.ceil(seen / 10);
        expect(log.started).toBe(Math.min(page + 1, 5));
      }
      expect(seen).toBe(45);
    }
  });

  it('reads a page that is not full as the last', async () => {
    const { log, store } = open();
    await store.append('order-1', 'any', events(9));
    expect(await all(store.read('order-1', { batchSize: 10 }))).toHaveLength(9);
    expect(log.started).toBe(1);
  });

  it('reads nothing beyond the limit or the end of the range', async () => {
    const { log, store } = open();
    await store.append('order-1', 'any', events(50));
    for (const range of [{ limit: 10 }, { to: 10 }, { direction: 'backwards', from: 41 } as const]) {
      log.started = 0;
      expect(await all(store.read('order-1', { ...range, batchSize: 10 }))).toHaveLength(10);
      expect(log.started).toBe(1);
    }
    log.started = 0;
    expect(await all(store.readAll(START, { limit: 10, batchSize: 10 }))).toHaveLength(10);
    expect(log.started).toBe(1);
  });

  it('leaves no read running when the loop is left', async () => {
    const { log, store } = open();
    await store.append('order-1', 'any', events(50));
    const reads = [
      () => store.read('order-1', { batchSize: 10 }),
      () => store.readAll(START, { batchSize: 10 }),
      () => store.tail(START, { batchSize: 10 }),
    ];
    for (const read of reads) {
      const held = gate();
      log.started = 0;
      log.hold = (number) => (number === 1 ? Promise.resolve() : held.opened);
      let over = false;
      const left = (async () => {
        for await (const _ of read()) break;
        over = true;
      })();
      await vi.waitFor(() => expect(log.running).toBe(1));
      await turns();
      expect(over).toBe(false);
      held.open();
      await left;
      expect([log.running, log.started, log.listeners]).toEqual([0, 2, 0]);
    }
  });

  it('gives the failure of a read only when its page is asked for', async () => {
    const { log, store } = open();
    await store.append('order-1', 'any', events(50));
    const down = new Error('the server is gone');
    log.hold = (number) => (number === 2 ? Promise.reject(down) : Promise.resolve());
    const seen: number[] = [];
    const reading = (async () => {
      for await (const { revision } of store.read('order-1', { batchSize: 10 })) seen.push(revision);
    })();
    expect(await failureOf(reading)).toBe(down);
    expect(seen).toHaveLength(10);
    log.started = 0;
    for await (const _ of store.read('order-1', { batchSize: 10 })) break;
    expect(log.started).toBe(2);
  });
});

describe('catching up', () => {
  it('is told also by a log that cannot know it of its last full batch', async () => {
    const { log, store } = open();
    const readForwards = log.readForwards.bind(log);
    vi.spyOn(log, 'readForwards').mockImplementation(async (from, options) => {
      const batch = await readForwards(from, options);
      return { ...batch, caughtUp: batch.records.length === 0 };
    });
    await store.append('order-1', 'any', events(20));
    const told = (await all(store.readBatches(START, { batchSize: 10 }))).map((batch) => [
      batch.events.length,
      batch.caughtUp,
    ]);
    expect(told).toEqual([
      [10, false],
      [10, false],
      [0, true],
    ]);
    const tail = store.tail(START, { batchSize: 20, pollMs: 1 })[Symbol.asyncIterator]();
    expect(await tail.next()).toMatchObject({ value: { caughtUp: false } });
    expect(await tail.next()).toMatchObject({ value: { caughtUp: true, events: [] } });
    const next = tail.next();
    await store.append('order-1', 'any', events(1));
    expect(await next).toMatchObject({ value: { events: [{ revision: 21 }] } });
    await tail.return?.();
  });
});

describe('a tail', () => {
  it('waits again after a wake-up that it has answered', async () => {
    const { log, store } = open();
    const tail = store.tail(START, { pollMs: 1_000_000 })[Symbol.asyncIterator]();
    const first = tail.next();
    await store.append('order-1', 'any', events(1));
    await first;
    const second = tail.next();
    await turns();
    const { started } = log;
    await turns();
    expect([log.started, log.running]).toEqual([started, 0]);
    await tail.return?.();
    expect(await second).toMatchObject({ done: true });
  });

  it('does not read ahead of a slow consumer by more than one batch', async () => {
    const { log, store } = open();
    await store.append('order-1', 'any', events(100));
    let batches = 0;
    for await (const _ of store.tail(START, { batchSize: 10 })) {
      batches += 1;
      await turns();
      expect(log.started).toBe(batches + 1);
      if (batches === 5) break;
    }
  });

  it('does not lose a wake-up that comes while a read that saw nothing is under way', async () => {
    const { log, store } = open();
    const held = gate();
    log.hold = () => held.opened;
    const taken = take(store.tail(START, { pollMs: 1_000_000 }), 1);
    await vi.waitFor(() => expect(log.running).toBe(1));
    await store.append('order-1', 'any', events(1));
    // The wake-up is over before the read answers that there is nothing.
    await turns();
    held.open();
    expect(await taken).toHaveLength(1);
    expect([log.running, log.listeners]).toEqual([0, 0]);
  });

  it('finds what comes though every wake-up is lost', async () => {
    const log = new WatchedLog({ partitions: 1 });
    const deaf = { onAppend: () => () => undefined };
    const store = new LogEventStore({ log, unitOfWork: new InMemoryUnitOfWork(log), wakesReaders: deaf });
    const taken = take(store.tail(START, { pollMs: 1 }), 2);
    await store.append('order-1', 'any', events(1));
    await vi.waitFor(() => expect(log.started).toBeGreaterThan(2));
    await store.append('order-1', 'any', events(1));
    expect(await taken).toHaveLength(2);
  });

  it('ends with the error of a read that fails, and leaves nothing running', async () => {
    const { log, store } = open();
    const down = new Error('the server is gone');
    log.hold = () => Promise.reject(down);
    expect(await failureOf(all(store.tail(START)))).toBe(down);
    const pushed = new Promise((_, reject) => store.tail$(START).subscribe({ error: reject }));
    expect(await failureOf(pushed)).toBe(down);
    expect([log.running, log.listeners]).toEqual([0, 0]);
  });

  it('pushes no more to a subscriber that has left, in the middle of a batch too', async () => {
    const { log, store } = open();
    await store.append('order-1', 'any', events(10));
    const seen: number[] = [];
    await new Promise<void>((resolve) => {
      const subscription = store.tail$(START).subscribe(({ revision }) => {
        seen.push(revision);
        if (revision === 3) {
          subscription.unsubscribe();
          resolve();
        }
      });
    });
    await vi.waitFor(() => expect([log.running, log.listeners]).toEqual([0, 0]));
    expect(seen).toEqual([1, 2, 3]);
  });

  it('lets go of the signal when it ends', async () => {
    const { store } = open();
    await store.append('order-1', 'any', events(1));
    const { signal } = new AbortController();
    const removed = vi.spyOn(signal, 'removeEventListener');
    const added = vi.spyOn(signal, 'addEventListener');
    expect(await take(store.tail(START, { signal }), 1)).toHaveLength(1);
    expect(removed.mock.calls[0]?.slice(0, 2)).toEqual(added.mock.calls[0]?.slice(0, 2));
  });
});
