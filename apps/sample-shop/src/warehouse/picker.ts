import { Consume } from '@annals/bus';
import type { MessageDelivery, QueueMessage } from '@annals/bus';
import { hasCode } from '@annals/message';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { WAREHOUSE_QUEUE } from '../shop-topology.js';
import type { OrderToPick } from './order-to-pick.js';
import { UnknownShelf } from './unknown-shelf.js';

/** Goods have five digits and perhaps letters after them. */
const GOODS = /^\d{5}/;

/** Fetches orders from the shelves, five at a time in each shop. What nobody can pick is not tried again, but shown to somebody. */
@Injectable()
export class Picker {
  @Consume({
    queue: WAREHOUSE_QUEUE,
    prefetch: 5,
    guarantee: 'effectively-once',
    isFinal: (error) => hasCode(error, 'SHOP_UNKNOWN_SHELF'),
  })
  async pick({ body }: QueueMessage, { manager }: MessageDelivery): Promise<void> {
    const { number, lines } = body as OrderToPick;
    const rows = manager as EntityManager;
    const services = await rows.query<{ code: string }[]>('SELECT code FROM shop.service_code');
    const isService = new Set(services.map(({ code }) => code));
    const goods = lines.filter(({ stockCode }) => !isService.has(stockCode));
    const unknown = goods.map(({ stockCode }) => stockCode).filter((code) => !GOODS.test(code));
    if (unknown.length > 0) throw new UnknownShelf(number, [...new Set(unknown)]);
    await rows.query('INSERT INTO shop.pick_list (order_number, units) VALUES ($1, $2)', [
      number,
      goods.reduce((sum, { quantity }) => sum + quantity, 0),
    ]);
  }
}
