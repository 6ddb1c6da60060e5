import { InMemoryLog, InMemoryUnitOfWork } from '@annals/log';
import { newId } from '@annals/message';
import { beforeEach, describe, expect, it } from 'vitest';
import { LogEventStore } from '../log-event-store.js';
import type { LogEventStoreOptions } from '../log-event-store.options.js';
import { all, failureOf } from '../testing/store-under-test.js';
import { DomainEvent } from './domain-event.js';
import { EventTypes } from './event-types.js';
import type { EventClass, EventHistory } from './event-types.js';

class OrderPlaced {
  readonly customer: string;
  readonly lines: readonly { readonly product: string; readonly quantity: number }[];
  constructor(customer: string, lines: OrderPlaced['lines']) {
    this.customer = customer;
    this.lines = lines;
  }
}
interface V1 {
  readonly customer: string;
  readonly product: string;
}
interface V2 {
  readonly customer: string;
  readonly products: readonly string[];
}

const history: EventHistory = {
  upcasters: {
    1: ({ product, ...rest }: V1): V2 => ({ ...rest, products: [product] }),
    2: ({ products, ...rest }: V2) => ({ ...rest, lines: products.map((product) => ({ product, quantity: 1 })) }),
  },
  formerNames: ['OrderCreated', 'order.created'],
};

describe('Events of earlier versions and names', () => {
  let log: InMemoryLog;
  let types: EventTypes;
  beforeEach(() => {
    log = new InMemoryLog();
    types = new EventTypes();
  });

  const open = (options: LogEventStoreOptions = {}): LogEventStore =>
    new LogEventStore({ log, unitOfWork: new InMemoryUnitOfWork(log), wakesReaders: log }, { types, ...options });
  const recorded = async (type: string, version: number, data: unknown): Promise<void> => {
    const record = { id: newId(), type, version, data: JSON.stringify(data) };
    const nothing = { metadata: null, correlationId: null, tenant: null };
    await log.append([{ stream: 'order-1', expected: 'any', records: [{ ...record, ...nothing }] }]);
  };
  const declare = (given: EventHistory = history, eventClass: EventClass = OrderPlaced, version = 3): void => {
    types.add(eventClass, 'order.placed', version, given);
  };

  it('are lifted step by step, and read as instances of today’s class, name and version', async () => {
    declare();
    await recorded('order.placed', 1, { customer: 'Ada', product: 'tea' });
    await recorded('order.created', 2, { customer: 'Bob', products: ['milk', 'jam'] });
    await recorded('order.placed', 3, { customer: 'Eve', lines: [] });
    const tea = new OrderPlaced('Ada', [{ product: 'tea', quantity: 1 }]);
    const two = ['milk', 'jam'].map((product) => ({ product, quantity: 1 }));
    const events = await all(open().read('order-1'));
    expect(events.map(({ data }) => data)).toStrictEqual([
      tea,
      new OrderPlaced('Bob', two),
      new OrderPlaced('Eve', []),
    ]);
    expect(new Set(events.map(({ type, version }) => `${type} ${version}`))).toEqual(new Set(['order.placed 3']));
    const [[replayed]] = (await all(open().replay('order-1'))) as [[unknown]];
    expect(replayed).toEqual({ revision: 1, type: 'order.placed', version: 3, data: tea });
  });

  it('are found by the name that their type has now', async () => {
    declare();
    await recorded('OrderCreated', 1, { customer: 'Ada', product: 'tea' });
    await recorded('order.placed', 3, { customer: 'Eve', lines: [] });
    expect(await all(open().readAll(undefined, { types: ['order.placed'] }))).toHaveLength(2);
  });

  it.each([
    ['throws', () => JSON.parse('') as object],
    ['gives no object', () => undefined as unknown as object],
  ])('say so when an upcaster %s', async (_, upcast) => {
    declare({ upcasters: { 1: upcast, 2: (data: object) => data } });
    await recorded('order.placed', 1, { customer: 'Ada', product: 'tea' });
    expect(await failureOf(all(open().read('order-1')))).toMatchObject({
      code: 'STORE_UPCAST_FAILED',
      stream: 'order-1',
      revision: 1,
      type: 'order.placed',
      version: 1,
    });
  });

  it('stay unknown where neither class nor upcaster is for them', async () => {
    declare({ upcasters: { 2: (data: object) => data } });
    await recorded('order.placed', 1, {});
    expect(await failureOf(all(open().read('order-1')))).toMatchObject({ code: 'STORE_UNKNOWN_EVENT_VERSION' });
  });

  const step = (data: object): object => data;
  it.each<[string, EventHistory, string]>([
    ['a gap', { upcasters: { 1: step } }, 'none from version 2'],
    ['a step beyond the version', { upcasters: { 2: step, 3: step } }, 'not below its own'],
    ['a step from no version', { upcasters: { 0: step, 1: step, 2: step } }, 'not below its own'],
    ['a former name that cannot be one', { formerNames: [''] }, 'must not be empty'],
  ])('cannot be declared with %s', (_, given, message) => {
    const refused = { code: 'STORE_INVALID_EVENT_TYPE', message: expect.stringContaining(message) as string };
    expect(() => {
      declare(given);
    }).toThrow(expect.objectContaining(refused));
    expect(types.ofClass(OrderPlaced)).toBeUndefined();
  });

  it('cannot be declared for a class and an upcaster, in either order, nor under another type’s name', () => {
    class Old {
      readonly old = true;
    }
    const refused = expect.objectContaining({ code: 'STORE_INVALID_EVENT_TYPE' }) as Error;
    declare({}, Old, 2);
    expect(() => {
      declare();
    }).toThrow(refused);
    types = new EventTypes();
    declare();
    expect(() => {
      declare({}, Old, 2);
    }).toThrow(refused);
    expect(() => {
      types.add(Old, 'OrderCreated', 1);
    }).toThrow(refused);
  });

  it('cannot be declared under a name that begins as the store’s own', () => {
    expect(() => {
      DomainEvent('$closed')(OrderPlaced);
    }).toThrow(expect.objectContaining({ code: 'STORE_INVALID_EVENT_TYPE' }));
  });
});

describe('Events of types that nothing declares', () => {
  const open = (unknownTypes: 'plain' | 'refuse', types = new EventTypes()) => {
    const log = new InMemoryLog();
    const parts = { log, unitOfWork: new InMemoryUnitOfWork(log), wakesReaders: log };
    return { strict: new LogEventStore(parts, { unknownTypes, types }), plain: new LogEventStore(parts, { types }) };
  };
  const noted = { type: 'noted', data: { n: 1 } };

  it('are written and read as they are', async () => {
    const { plain } = open('plain');
    await plain.append('note-1', 'any', [noted]);
    expect(await all(plain.read('note-1'))).toMatchObject([noted]);
  });

  it('are neither written nor read where they are refused, unless their name is declared', async () => {
    const types = new EventTypes();
    const { strict, plain } = open('refuse', types);
    await plain.append('note-1', 'any', [noted]);
    expect(await failureOf(strict.append('note-1', 'any', [noted]))).toMatchObject({
      code: 'STORE_INVALID_EVENT',
      faults: [{ path: 'type' }],
    });
    expect(await failureOf(all(strict.read('note-1')))).toMatchObject({
      code: 'STORE_UNKNOWN_EVENT_TYPE',
      type: 'noted',
    });
    types.addName('noted');
    await strict.append('note-1', 'any', [noted]);
    expect(await all(strict.read('note-1'))).toHaveLength(2);
  });

  it('cannot have a name that begins as the store’s own', async () => {
    const { plain } = open('plain');
    expect(await failureOf(plain.append('note-1', 'any', [{ type: '$closed', data: {} }]))).toMatchObject({
      code: 'STORE_INVALID_EVENT',
    });
  });
});
