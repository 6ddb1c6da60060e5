import type { Entry, EntryKind, EntryLine } from './entry.js';
import type { Thousandths } from '../money.js';
import { formatMoney } from '../money.js';
import type { ReturnMatch } from './return-match.js';

/**
 * What a file holds, counted over the file: importing it again gives the same summary. Totals are sums of quantity × price
 * in the form of formatMoney; `linesRead = linesRejected + orderLines + cancelledLines + adjustments` and
 * `soldTotal + cancelledTotal + adjustedTotal = netTotal`.
 */
export interface ImportSummary {
  /** Lines of the file, without the header and empty ones. */
  readonly linesRead: number;
  readonly linesRejected: number;
  /** Sale invoices with an order of their own. */
  readonly orders: number;
  readonly orderLines: number;
  /** C invoices. */
  readonly cancellations: number;
  readonly cancelledLines: number;
  /**
   * Cancelled lines whose customer has no earlier sale of the product, in the file or on record; guests' lines are always
   * among them.
   */
  readonly unmatchedCancelledLines: number;
  /** Lines that are stock or money adjustments. */
  readonly adjustments: number;
  /** Over all accepted lines of invoices without prefix, stock adjustments included. */
  readonly soldTotal: string;
  /** Over all accepted lines of C invoices. */
  readonly cancelledTotal: string;
  /** Over all accepted lines of A invoices. */
  readonly adjustedTotal: string;
  /** Over all accepted lines. */
  readonly netTotal: string;
}

/** Counts an import while it goes on, in constant memory. */
export class ImportTally {
  private linesRead = 0;
  private linesRejected = 0;
  private unmatchedCancelledLines = 0;
  private readonly entries = perKind(() => 0);
  private readonly linesOf = perKind(() => 0);
  private readonly totals = perKind((): Thousandths => 0n);

  /** Lines read so far. */
  get lines(): number {
    return this.linesRead;
  }

  /** @param isAccepted whether the line that was read passed the rules */
  addLine(isAccepted: boolean): void {
    this.linesRead++;
    if (!isAccepted) this.linesRejected++;
  }

  /**
   * @param entry an entry of the file
   * @param matches for a cancellation, the match of each of its lines; else none
   */
  addEntry(entry: Entry, matches: readonly ReturnMatch[]): void {
    this.entries[entry.kind]++;
    this.linesOf[entry.kind] += entry.lines.length;
    this.totals[entry.kind] = entry.lines.reduce((total, line) => total + valueOf(line), this.totals[entry.kind]);
    this.unmatchedCancelledLines += matches.filter((match) => !match.isMatched).length;
  }

  /** What was counted so far. */
  summary(): ImportSummary {
    const sold = this.totals.order + this.totals['stock-adjustment'];
    return {
      linesRead: this.linesRead,
      linesRejected: this.linesRejected,
      orders: this.entries.order,
      orderLines: this.linesOf.order,
      cancellations: this.entries.cancellation,
      cancelledLines: this.linesOf.cancellation,
      unmatchedCancelledLines: this.unmatchedCancelledLines,
      adjustments: this.linesOf['stock-adjustment'] + this.linesOf['money-adjustment'],
      soldTotal: formatMoney(sold),
      cancelledTotal: formatMoney(this.totals.cancellation),
      adjustedTotal: formatMoney(this.totals['money-adjustment']),
      netTotal: formatMoney(sold + this.totals.cancellation + this.totals['money-adjustment']),
    };
  }
}

const valueOf = (line: EntryLine): Thousandths => BigInt(line.quantity) * line.unitPrice;

const perKind = <T>(zero: () => T): Record<EntryKind, T> => ({
  order: zero(),
  cancellation: zero(),
  'stock-adjustment': zero(),
  'money-adjustment': zero(),
});
