import { DomainEvent } from '@annals/event-store';
import type { OrderLine } from './order-line.js';

/** Further lines of an order that one event cannot hold. */
@DomainEvent('order-lines-added')
export class OrderLinesAdded {
  /**
   * @param number of the order
   * @param lines those that follow
   * @param placedAt of the order; undefined in events from before it was kept here
   */
  constructor(
    readonly number: string,
    readonly lines: readonly OrderLine[],
    readonly placedAt?: string,
  ) {}
}
