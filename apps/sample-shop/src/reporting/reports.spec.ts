import { on, projected } from '@annals/cqrs/testing';
import { describe, expect, it } from 'vitest';
import { StockAdjusted } from '../catalogue/stock-adjusted.js';
import { OrderLinesAdded } from '../ordering/order-lines-added.js';
import { OrderLinesReturned } from '../ordering/order-lines-returned.js';
import { OrderList } from '../ordering/order-list.js';
import { OrderPlaced } from '../ordering/order-placed.js';
import { ReturnRecorded } from '../ordering/return-recorded.js';
import { CustomerSpend } from './customer-spend.js';
import { ProductSales } from './product-sales.js';
import { StockLevels } from './stock-levels.js';

const DAY = '2010-12-01T08:26:00Z';
const line = (ordinal: number, stockCode: string, quantity: number, unitPrice: string, at?: string) => ({
  ...{ ordinal, stockCode, quantity, unitPrice },
  ...(at === undefined ? {} : { at }),
});
const placed = (number: string, customer: string | undefined, total: string, ...lines: ReturnType<typeof line>[]) =>
  new OrderPlaced(number, customer, 'UK', DAY, lines.length, 7, total, lines);
const returned = (quantity: number) =>
  new ReturnRecorded('C1', 'ada', 'UK', '2010-12-03T10:00:00Z', 1, '-2.55', [
    { ...line(1, 'MUG', quantity, '2.55'), isMatched: true, excess: 0 },
  ]);

describe('The reports', () => {
  it('add up what each customer spent, and no guest', async () => {
    const spec = projected(new CustomerSpend()).after(
      on('order-1', placed('1', 'ada', '5.10')),
      on('order-2', placed('2', 'ada', '0.005')),
      on('order-3', placed('3', undefined, '99.00')),
      on('return-C1', returned(-1)),
    );
    const expected = { orders: 2, units: '14', spent: '5.105', credited: '-2.55', lastOrderAt: new Date(DAY) };
    await expect(spec.thenRow('ada', expected)).resolves.toBeUndefined();
    await expect(spec.thenRows(1)).resolves.toBeUndefined();
  });

  it('add up what was sold of each product on each day, over all lines of an order', async () => {
    const spec = projected(new ProductSales()).after(
      on(
        'order-1',
        placed('1', 'ada', '9.00', line(1, 'MUG', 2, '2.55'), line(2, 'MUG', 1, '3.00'), line(3, 'CUP', 4, '1.00')),
      ),
      on(
        'order-1',
        new OrderLinesAdded('1', [line(4, 'MUG', 3, '2.00'), line(5, 'CUP', 1, '1.00', '2010-12-02T09:00:00Z')], DAY),
      ),
    );
    const mug = spec.thenRow({ code: 'MUG', day: '2010-12-01' }, { units: '6', revenue: '14.10', orders: 3 });
    await expect(mug).resolves.toBeUndefined();
    const cup = spec.thenRow({ day: '2010-12-02', code: 'CUP' }, { units: '1', revenue: '1.00' });
    await expect(cup).resolves.toBeUndefined();
    await expect(spec.thenRows(3)).resolves.toBeUndefined();
  });

  it('follow what comes and goes of each product', async () => {
    const spec = projected(new StockLevels()).after(
      on('order-1', placed('1', 'ada', '5.10', line(1, 'MUG', 5, '2.55'))),
      on('return-C1', returned(-1)),
      on('product-MUG', new StockAdjusted('MUG', 'A1', 1, 10, '0.00', 'found', '2010-12-02T10:00:00Z')),
    );
    const expected = { level: '6', movedAt: new Date('2010-12-03T10:00:00Z') };
    await expect(spec.thenRow('MUG', expected)).resolves.toBeUndefined();
  });

  it('list orders with what came back of them', async () => {
    const spec = projected(new OrderList()).after(
      on('order-1', placed('1', undefined, '5.10')),
      on('order-1', new OrderLinesReturned('1', 'C1', 1, '2.55', []), new OrderLinesReturned('1', 'C2', 1, '2.55', [])),
      on('order-2', new OrderLinesReturned('2', 'C1', 1, '2.55', [])),
    );
    const expected = { customer: null, units: '7', total: '5.10', returnedUnits: '2', returnedAmount: '5.10' };
    await expect(spec.thenRow('1', expected)).resolves.toBeUndefined();
    await expect(spec.thenRow('2', undefined)).resolves.toBeUndefined();
  });
});
