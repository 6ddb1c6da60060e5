import type { Delivery, TopicRecord } from '@annals/bus';
import { Subscribe } from '@annals/bus';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { OrderLinesReturned } from '../ordering/order-lines-returned.js';
import type { OrderPlaced } from '../ordering/order-placed.js';

/**
 * Writes an invoice for each order, and credits what comes back. A group of its own on the events: each order is billed
 * once, by whichever process has its partition, and the row and the group's place are one transaction.
 */
@Injectable()
export class Billing {
  @Subscribe({
    topic: 'events',
    group: 'billing',
    guarantee: 'effectively-once',
    filter: { category: 'order', types: ['order-placed', 'order-lines-returned'] },
  })
  async bill(record: TopicRecord, { manager }: Delivery): Promise<void> {
    const rows = manager as EntityManager;
    if (record.header('type') === 'order-placed') {
      const { number, customer, placedAt, total } = record.value as OrderPlaced;
      await rows.query('INSERT INTO shop.invoice (order_number, customer, total, issued_at) VALUES ($1, $2, $3, $4)', [
        number,
        customer,
        total,
        placedAt,
      ]);
    } else {
      const { number, amount } = record.value as OrderLinesReturned;
      await rows.query('UPDATE shop.invoice SET credited = credited + $2 WHERE order_number = $1', [number, amount]);
    }
  }
}
