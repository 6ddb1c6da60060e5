import { describe, expect, it } from 'vitest';
import type { NewOrder } from './order.js';
import { Order } from './order.js';
import type { OrderLinesAdded } from './order-lines-added.js';
import { OrderLinesReturned } from './order-lines-returned.js';
import { OrderPlaced } from './order-placed.js';

const AT = '2010-12-01T08:26:00+00:00';
const line = (ordinal: number, more: object = {}) => ({
  ordinal,
  stockCode: '85123A',
  description: 'HEART',
  quantity: 6,
  unitPrice: '2.555',
  ...more,
});
const NEW: NewOrder = {
  customer: '17850',
  country: 'France',
  placedAt: AT,
  lines: [line(1), line(2, { quantity: 1 })],
};

function given(order: NewOrder, ...returns: Parameters<Order['takeBack']>[]): Order {
  const first = new Order('536365');
  first.place(order);
  returns.forEach((back) => first.takeBack(...back));
  first.markCommitted();
  return first;
}

describe('An order', () => {
  it('is placed with its exact total', () => {
    const order = new Order('536365');
    order.place(NEW);
    expect(order.uncommitted).toEqual([new OrderPlaced('536365', '17850', 'France', AT, 2, 7, '17.885', NEW.lines)]);
  });

  it('is placed once, and refuses other contents under its number', () => {
    const order = given(NEW);
    order.place({ ...NEW, lines: NEW.lines.map((each) => ({ ...each })) });
    expect(order.uncommitted).toEqual([]);
    for (const other of [
      { ...NEW, customer: undefined },
      { ...NEW, placedAt: '2010-12-02T08:26:00+00:00' },
      { ...NEW, lines: [line(1)] },
      { ...NEW, lines: [line(1), line(2, { quantity: 2 })] },
    ])
      expect(() => order.place(other)).toThrow(expect.objectContaining({ code: 'SHOP_ORDER_EXISTS' }));
  });

  it('puts lines that one event cannot hold into several, and is the same order', () => {
    const lines = Array.from({ length: 3_000 }, (_, index) => line(index + 1, { description: 'x'.repeat(300) }));
    const order = given({ ...NEW, lines });
    const fresh = new Order('536365');
    fresh.place({ ...NEW, lines });
    const [placed, ...added] = fresh.uncommitted as [OrderPlaced, ...OrderLinesAdded[]];
    expect([placed.lineCount, placed.units, added.length]).toEqual([3_000, 18_000, 4]);
    expect([placed, ...added].flatMap((event) => event.lines)).toEqual(lines);
    expect(Math.max(...fresh.uncommitted.map((event) => JSON.stringify(event).length))).toBeLessThan(300_000);
    order.place({ ...NEW, lines });
    expect([order.uncommitted, order.lines.length]).toEqual([[], 3_000]);
  });

  it('takes back at the price that was paid', () => {
    const order = given(NEW);
    order.takeBack('C1', [
      { ordinal: 1, quantity: 2, returnOrdinal: 1 },
      { ordinal: 2, quantity: 1, returnOrdinal: 2 },
    ]);
    expect(order.uncommitted).toEqual([
      new OrderLinesReturned('536365', 'C1', 3, '7.665', [
        { ordinal: 1, quantity: 2, returnOrdinal: 1 },
        { ordinal: 2, quantity: 1, returnOrdinal: 2 },
      ]),
    ]);
    expect(order.lines.map(({ returned }) => returned)).toEqual([2, 1]);
  });

  it('takes a return in once', () => {
    const order = given(NEW, ['C1', [{ ordinal: 1, quantity: 2, returnOrdinal: 1 }]]);
    order.takeBack('C1', [{ ordinal: 1, quantity: 2, returnOrdinal: 1 }]);
    expect(order.uncommitted).toEqual([]);
  });

  it('never takes back more than is left, and names every line at fault', () => {
    const order = given(NEW, ['C1', [{ ordinal: 1, quantity: 5, returnOrdinal: 1 }]]);
    const back = [
      { ordinal: 1, quantity: 1, returnOrdinal: 1 },
      { ordinal: 1, quantity: 1, returnOrdinal: 2 },
      { ordinal: 9, quantity: 1, returnOrdinal: 3 },
    ];
    expect(() => order.takeBack('C2', back)).toThrow(
      expect.objectContaining({
        code: 'SHOP_RETURN_REFUSED',
        faults: ['line 1 has 1 units left, not 2', 'it has no line 9'],
      }),
    );
    expect(order.uncommitted).toEqual([]);
  });
});
