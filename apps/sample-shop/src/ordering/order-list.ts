import type { ProjectionContext } from '@annals/cqrs';
import { On, Projection } from '@annals/cqrs';
import type { RecordedEvent } from '@annals/event-store';
import { Injectable } from '@nestjs/common';
import { OrderLinesReturned } from './order-lines-returned.js';
import { OrderPlaced } from './order-placed.js';

/** Keeps the list of orders. */
@Projection({ name: 'order-list' })
@Injectable()
export class OrderList {
  @On(OrderPlaced)
  async placed({ data }: RecordedEvent<OrderPlaced>, { manager }: ProjectionContext): Promise<void> {
    const { number, customer, country, placedAt, lineCount, units, total } = data;
    await manager.query(
      `INSERT INTO shop."order" (number, customer, country, placed_at, line_count, units, total)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [number, customer, country, placedAt, lineCount, units, total],
    );
  }

  @On(OrderLinesReturned)
  async returned({ data }: RecordedEvent<OrderLinesReturned>, { manager }: ProjectionContext): Promise<void> {
    await manager.query(
      `UPDATE shop."order" SET returned_units = returned_units + $2, returned_amount = returned_amount + $3
       WHERE number = $1`,
      [data.number, data.units, data.amount],
    );
  }
}
