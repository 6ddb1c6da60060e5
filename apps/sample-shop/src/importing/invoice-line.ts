import type { Thousandths } from '../money.js';

/** What the letter before an invoice's number says: none, C or A. */
export type InvoiceKind = 'sale' | 'cancellation' | 'adjustment';

/** One accepted line of the file. */
export interface InvoiceLine {
  /** Physical line of the file on which it begins, from 1; the header is usually line 1. */
  readonly line: number;
  /** Number with its prefix, as it stands in the file: `536365`, `C536379`, `A563185`. */
  readonly invoice: string;
  readonly kind: InvoiceKind;
  /** Any text but NUL, of at most 100 characters; not always a product (`POST`, `BANK CHARGES`). */
  readonly stockCode: string;
  readonly description: string | undefined;
  /** Whole units, never 0; negative for what comes back or is written off. */
  readonly quantity: number;
  /** Local UK time as ISO 8601 with its offset. */
  readonly at: string;
  readonly unitPrice: Thousandths;
  /** Undefined for a guest. */
  readonly customer: string | undefined;
  readonly country: string | undefined;
}

/** A line that was left out of the import, and why. */
export interface RejectedLine {
  /** Physical line of the file on which it begins, from 1. */
  readonly line: number;
  /** Every fault of the line, in plain words, with the values at fault. */
  readonly reason: string;
}

/** Whether a line was left out. */
export const isRejected = (line: InvoiceLine | RejectedLine): line is RejectedLine => 'reason' in line;
