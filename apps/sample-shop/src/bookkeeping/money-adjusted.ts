import { DomainEvent } from '@annals/event-store';
import type { MoneyAdjustmentLine } from './adjust-money.js';

/** The shop has written off or taken back money: an A invoice. */
@DomainEvent('money-adjusted')
export class MoneyAdjusted {
  /**
   * @param number of the A invoice
   * @param adjustedAt ISO 8601 with its offset
   * @param total sum of quantity × price of these lines, an exact decimal
   * @param lines of the invoice; more than an event holds make several
   */
  constructor(
    readonly number: string,
    readonly adjustedAt: string,
    readonly total: string,
    readonly lines: readonly MoneyAdjustmentLine[],
  ) {}
}
