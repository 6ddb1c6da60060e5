import type { Invoice } from './invoice.js';
import type { InvoiceLine } from './invoice-line.js';

/** What an invoice, or some of its lines, means to the shop. */
export type EntryKind = 'order' | 'cancellation' | 'stock-adjustment' | 'money-adjustment';

/** A line with its ordinal: its place among the accepted lines of its invoice, from 1. */
export interface EntryLine extends InvoiceLine {
  readonly ordinal: number;
}

/** Lines of one invoice that the shop takes in together. Kind and invoice identify it. */
export interface Entry {
  readonly kind: EntryKind;
  readonly invoice: string;
  /** The first customer that any line of the invoice names; undefined for a guest. */
  readonly customer: string | undefined;
  readonly country: string | undefined;
  /** Time of the invoice's first line; a line may carry a later one. */
  readonly at: string;
  /** At least one line, by ordinal. */
  readonly lines: readonly EntryLine[];
}

/**
 * Says what an invoice means:
 *
 * - A sale becomes an order of its lines of positive quantity; its lines of negative quantity are a stock adjustment.
 * - A sale that is wholly of price 0 is a stock adjustment whatever its quantities: that is how the shop wrote down found,
 *   broken and lost goods. A line of price 0 among others is a gift, and belongs to the order.
 * - A C invoice is a cancellation, a line of positive quantity on it included.
 * - An A invoice is a money adjustment.
 *
 * @param invoice an invoice with at least one line
 * @returns one entry, or an order and a stock adjustment
 */
export function entriesOf(invoice: Invoice): readonly Entry[] {
  const lines = invoice.lines.map((line, index) => ({ ...line, ordinal: index + 1 }));
  const entry = (kind: EntryKind, some: readonly EntryLine[]): Entry => ({
    kind,
    invoice: invoice.number,
    customer: lines.find((line) => line.customer !== undefined)?.customer,
    country: lines.find((line) => line.country !== undefined)?.country,
    at: lines[0]?.at ?? '',
    lines: some,
  });
  if (invoice.kind === 'cancellation') return [entry('cancellation', lines)];
  if (invoice.kind === 'adjustment') return [entry('money-adjustment', lines)];
  if (lines.every((line) => line.unitPrice === 0n)) return [entry('stock-adjustment', lines)];
  const sold = lines.filter((line) => line.quantity > 0);
  const written = lines.filter((line) => line.quantity < 0);
  return [entry('order', sold), entry('stock-adjustment', written)].filter((each) => each.lines.length > 0);
}
