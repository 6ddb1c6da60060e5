import { DomainEvent } from '@annals/event-store';

/** The shop wrote down goods that it found, lost or broke. */
@DomainEvent('stock-adjusted')
export class StockAdjusted {
  /**
   * @param code of the product
   * @param number of the invoice on which it was written down
   * @param ordinal of the line of that invoice
   * @param quantity units, negative for what is gone
   * @param unitPrice an exact decimal, usually 0.00
   * @param note what was written where an order has its description
   * @param at ISO 8601 with its offset
   */
  constructor(
    readonly code: string,
    readonly number: string,
    readonly ordinal: number,
    readonly quantity: number,
    readonly unitPrice: string,
    readonly note: string | undefined,
    readonly at: string,
  ) {}
}
