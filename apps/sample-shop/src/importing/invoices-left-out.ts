import { AnnalsError } from '@annals/message';
import type { ImportSummary } from './import-summary.js';

/** An invoice that the shop did not take in, and why. */
export interface LeftOutInvoice {
  readonly invoice: string;
  readonly reason: string;
}

const NAMED = 10;

/**
 * The import went to its end, but invoices of the file contradict what the shop has on record, such as another order under
 * the same number. They were left out; all others were taken in.
 */
export class InvoicesLeftOut extends AnnalsError {
  readonly code = 'SHOP_INVOICES_LEFT_OUT';

  /**
   * @param leftOut in the order in which they were found out
   * @param summary of the whole file, which counts them too
   */
  constructor(
    readonly leftOut: readonly LeftOutInvoice[],
    readonly summary: ImportSummary,
  ) {
    const named = leftOut.slice(0, NAMED).map(({ reason }) => `\n  ${reason}`);
    const more = leftOut.length > NAMED ? `\n  … and ${leftOut.length - NAMED} more` : '';
    super(`${leftOut.length} invoices contradict what is on record and were left out:${named.join('')}${more}`);
  }
}
