import type { Delivery, TopicRecord } from '@annals/bus';
import { Subscribe } from '@annals/bus';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { OrderLinesAdded } from '../ordering/order-lines-added.js';

/**
 * Counts what has to be fetched from the shelves. A group of its own that takes the events of a partition together: one
 * statement for all lines, in one transaction with the group's place.
 */
@Injectable()
export class Picking {
  @Subscribe({
    topic: 'events',
    group: 'inventory',
    batch: true,
    guarantee: 'effectively-once',
    filter: { category: 'order', types: ['order-placed', 'order-lines-added'] },
  })
  async pick(records: readonly TopicRecord[], { manager }: Delivery): Promise<void> {
    const units = new Map<string, number>();
    for (const record of records) {
      for (const { stockCode, quantity } of (record.value as OrderLinesAdded).lines) {
        units.set(stockCode, (units.get(stockCode) ?? 0) + quantity);
      }
    }
    // In one order, so that two partitions with the same products never wait for each other in a circle.
    const codes = [...units.keys()].sort();
    await (manager as EntityManager).query(
      `INSERT INTO shop.shelf (code, picked) SELECT * FROM unnest($1::text[], $2::bigint[])
       ON CONFLICT (code) DO UPDATE SET picked = shelf.picked + excluded.picked`,
      [codes, codes.map((code) => units.get(code))],
    );
  }
}
