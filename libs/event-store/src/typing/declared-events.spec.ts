import { InMemoryLog, InMemoryUnitOfWork } from '@annals/log';
import { describe, expect, it } from 'vitest';
import { LogEventStore } from '../log-event-store.js';
import { all, failureOf } from '../testing/store-under-test.js';
import { DomainEvent } from './domain-event.js';
import { EventTypes } from './event-types.js';

@DomainEvent('declared-events.spec/shipped', { version: 3 })
class Shipped {
  constructor(
    readonly order: string,
    readonly parcels: number,
  ) {}
}

class Returned {
  constructor(readonly order: string) {}
}

function open(types?: EventTypes): LogEventStore & { readonly log: InMemoryLog } {
  const log = new InMemoryLog();
  const parts = { log, unitOfWork: new InMemoryUnitOfWork(log), wakesReaders: log };
  return Object.assign(new LogEventStore(parts, types === undefined ? {} : { types }), { log });
}

describe('events of declared classes', () => {
  it('are stored under their stable name and version, and read as instances', async () => {
    const store = open();
    await store.append('order-1', 'no-stream', [new Shipped('1', 2)]);
    const [event] = await all(store.read('order-1'));
    expect(event).toMatchObject({ type: 'declared-events.spec/shipped', version: 3 });
    expect(event?.data).toEqual(new Shipped('1', 2));
    expect(event?.data).toBeInstanceOf(Shipped);
    const [record] = await store.log.readStream('order-1', {}, 1, 'forwards');
    expect(record?.data).toBe('{"order":"1","parcels":2}');
  });

  it('may be given with id and metadata, and take name and version from their class', async () => {
    const store = open();
    const type = 'declared-events.spec/shipped';
    await store.append('order-1', 'any', [{ type, data: new Shipped('1', 2), metadata: { note: 'a' } }]);
    expect(await all(store.read('order-1'))).toMatchObject([{ version: 3, metadata: { note: 'a' } }]);
  });

  it('are refused under another name or version, and without a class', async () => {
    const store = open();
    const type = 'declared-events.spec/shipped';
    const bad = [
      { type: 'other', data: new Shipped('1', 2) },
      { type, version: 2, data: new Shipped('1', 2) },
      { type, data: { order: '1', parcels: 2 } },
      { type, version: 3, data: 'text' },
      new Returned('1'),
      null as unknown as object,
    ];
    const failure = await failureOf(store.append('order-1', 'any', bad));
    const { faults } = failure as unknown as { faults: { index: number; path: string }[] };
    expect(faults.map(({ index, path }) => [index, path])).toEqual([
      [0, 'data'],
      [1, 'data'],
      [2, 'version'],
      [3, 'data'],
      [4, ''],
      [5, ''],
    ]);
    expect(failure.message).toMatch(/is a Returned: declare its class with @DomainEvent/);
    expect(await all(store.read('order-1'))).toEqual([]);
  });

  it('are refused on reading when stored in a version without a class, naming it', async () => {
    const store = open(new EventTypes());
    await store.append('order-1', 'any', [{ type: 'declared-events.spec/shipped', version: 2, data: {} }]);
    const parts = { log: store.log, unitOfWork: new InMemoryUnitOfWork(store.log), wakesReaders: store.log };
    const declared = new LogEventStore(parts);
    for (const read of [
      declared.read('order-1'),
      declared.readAll(),
      declared.readAll(undefined, { direction: 'backwards' }),
    ]) {
      expect(await failureOf(all(read))).toMatchObject({
        code: 'STORE_UNKNOWN_EVENT_VERSION',
        stream: 'order-1',
        revision: 1,
        type: 'declared-events.spec/shipped',
        version: 2,
        known: [3],
      });
    }
    expect(await all(store.read('order-1'))).toHaveLength(1);
  });

  it('are read as plain objects where no class is declared', async () => {
    const store = open();
    await store.append('order-1', 'any', [new Shipped('1', 2)]);
    const parts = { log: store.log, unitOfWork: new InMemoryUnitOfWork(store.log), wakesReaders: store.log };
    const [event] = await all(new LogEventStore(parts, { types: new EventTypes() }).read('order-1'));
    expect(Object.getPrototypeOf(event?.data)).toBe(Object.prototype);
  });

  it('are held to the limit in bytes that the store was given', async () => {
    const log = new InMemoryLog();
    const store = new LogEventStore(
      { log, unitOfWork: new InMemoryUnitOfWork(log), wakesReaders: log },
      { maxEventBytes: 10 },
    );
    expect(await failureOf(store.append('a', 'any', [{ type: 'a', data: '123456789' }]))).toMatchObject({
      code: 'MESSAGE_TOO_LARGE',
    });
    await store.append('a', 'any', [{ type: 'a', data: '12345678' }]);
    expect(
      () =>
        new LogEventStore({ log, unitOfWork: new InMemoryUnitOfWork(log), wakesReaders: log }, { maxEventBytes: 0 }),
    ).toThrow(/maxEventBytes/);
  });
});
