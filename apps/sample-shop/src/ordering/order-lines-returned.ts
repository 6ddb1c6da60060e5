import { DomainEvent } from '@annals/event-store';

/** Units of one order line that one line of a return brought back. */
export interface UnitsBack {
  /** Of the order's line. */
  readonly ordinal: number;
  readonly quantity: number;
  /** Of the return's line. */
  readonly returnOrdinal: number;
}

/** Units of an order came back. A return that names more lines than an event holds makes several. */
@DomainEvent('order-lines-returned')
export class OrderLinesReturned {
  /**
   * @param number of the order
   * @param returnNumber of the return, a C invoice or the shop's own
   * @param units sum of the quantities
   * @param amount what was paid for these units, an exact decimal
   * @param lines what came back
   */
  constructor(
    readonly number: string,
    readonly returnNumber: string,
    readonly units: number,
    readonly amount: string,
    readonly lines: readonly UnitsBack[],
  ) {}
}
