import { DomainEvent } from '@annals/event-store';
import type { OrderLine } from './order-line.js';

/** A customer, or a guest, has ordered. Lines that do not fit follow in `order-lines-added`, appended together with it. */
@DomainEvent('order-placed')
export class OrderPlaced {
  /**
   * @param number of the sale invoice, or given by the shop
   * @param customer undefined for a guest
   * @param country undefined when unknown
   * @param placedAt ISO 8601 with its offset
   * @param lineCount lines of the whole order
   * @param units sum of the quantities of the whole order
   * @param total sum of quantity × price of the whole order, an exact decimal
   * @param lines the first lines of the order
   */
  constructor(
    readonly number: string,
    readonly customer: string | undefined,
    readonly country: string | undefined,
    readonly placedAt: string,
    readonly lineCount: number,
    readonly units: number,
    readonly total: string,
    readonly lines: readonly OrderLine[],
  ) {}
}
