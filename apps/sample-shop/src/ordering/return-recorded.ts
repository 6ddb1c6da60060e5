import { DomainEvent } from '@annals/event-store';
import type { RecordedReturnLine } from './return-line.js';

/** Goods came back, or were credited. Lines that do not fit follow in `return-lines-recorded`, appended together with it. */
@DomainEvent('return-recorded')
export class ReturnRecorded {
  /**
   * @param number of the C invoice, or given by the shop
   * @param customer undefined for a guest
   * @param country undefined when unknown
   * @param returnedAt ISO 8601 with its offset
   * @param lineCount lines of the whole return
   * @param total sum of quantity × price of the whole return, an exact decimal, usually negative
   * @param lines the first lines of the return
   */
  constructor(
    readonly number: string,
    readonly customer: string | undefined,
    readonly country: string | undefined,
    readonly returnedAt: string,
    readonly lineCount: number,
    readonly total: string,
    readonly lines: readonly RecordedReturnLine[],
  ) {}
}
