import { DomainEvent } from '@annals/event-store';
import type { OrderLine } from './order-line.js';

/** Further lines of an order that one event cannot hold. */
@DomainEvent('order-lines-added')
export class OrderLinesAdded {
  constructor(
    readonly number: string,
    readonly lines: readonly OrderLine[],
  ) {}
}
