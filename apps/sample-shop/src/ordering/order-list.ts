import { Fold, Projection } from '@annals/cqrs';
import type { StreamEvent } from '@annals/event-store';
import { Injectable } from '@nestjs/common';
import { formatMoney, readMoney } from '../money.js';
import { OrderLinesReturned } from './order-lines-returned.js';
import { OrderPlaced } from './order-placed.js';
import { OrderRow } from './order-row.js';

/** Keeps the list of orders, each with what came back of it. */
@Projection({ name: 'order-list', rows: OrderRow })
@Injectable()
export class OrderList {
  @Fold(OrderPlaced, ({ data }) => data.number)
  placed(_row: OrderRow | undefined, { data }: StreamEvent<OrderPlaced>): OrderRow {
    const { number, customer = null, country = null, placedAt, lineCount, units, total } = data;
    const order = { number, customer, country, placedAt: new Date(placedAt), lineCount, units: String(units), total };
    return Object.assign(new OrderRow(), order, { returnedUnits: '0', returnedAmount: '0' });
  }

  @Fold(OrderLinesReturned, ({ data }) => data.number)
  returned(row: OrderRow | undefined, { data }: StreamEvent<OrderLinesReturned>): OrderRow | undefined {
    if (row === undefined) return undefined;
    row.returnedUnits = String(BigInt(row.returnedUnits) + BigInt(data.units));
    row.returnedAmount = formatMoney(readMoney(row.returnedAmount) + readMoney(data.amount));
    return row;
  }
}
