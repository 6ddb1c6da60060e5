import { AnnalsError } from '@annals/message';

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

  /** @param leftOut in the order of the file, as far as they could be compared */
  constructor(readonly leftOut: readonly LeftOutInvoice[]) {
    const named = leftOut.slice(0, NAMED).map(({ reason }) => `\n  ${reason}`);
    const more = leftOut.length > NAMED ? `\n  … and ${leftOut.length - NAMED} more` : '';
    super(`${leftOut.length} invoices contradict what is on record and were left out:${named.join('')}${more}`);
  }
}
