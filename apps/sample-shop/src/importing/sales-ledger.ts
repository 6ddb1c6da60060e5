import type { Entry, EntryLine } from './entry.js';
import type { RecordedSales } from './recorded-sales.js';
import { NOTHING_RECORDED, saleKey } from './recorded-sales.js';
import type { OpenSale, ReturnMatch } from './return-match.js';
import { matchReturn, unmatched } from './return-match.js';

interface LedgerSale extends OpenSale {
  /** Milliseconds since 1970. */
  readonly soldAt: number;
  /** Whether it is a sale of the file, which counts as earlier from its place on, or one on record, from its time on. */
  readonly isInFile: boolean;
}

/**
 * The sales that cancelled lines are matched to: for each customer and product its order lines, oldest first, in memory.
 * Guests have no sales here, since nothing says that two guests are one.
 */
export class SalesLedger {
  private readonly sales = new Map<string, LedgerSale[]>();

  /** @param recorded what the shop has on record outside of the file */
  constructor(private readonly recorded: RecordedSales = NOTHING_RECORDED) {
    for (const { invoice, ordinal, remaining, soldAt, ...line } of recorded.sales)
      this.add(keyOf(line), { invoice, ordinal, remaining, soldAt, isInFile: false });
  }

  /**
   * Records the lines of an order.
   *
   * @param order an entry of kind `order` that comes after all recorded before; recorded once
   */
  record({ invoice, at, lines }: Entry): void {
    const soldAt = Date.parse(at);
    for (const line of lines) {
      const { ordinal, quantity } = line;
      const back = this.recorded.takenBack.get(saleKey(invoice, ordinal)) ?? 0;
      this.add(keyOf(line), { invoice, ordinal, remaining: Math.max(0, quantity - back), soldAt, isInFile: true });
    }
  }

  /**
   * Matches the lines of a cancellation one after the other, and takes what they give back off the sales. One that is on
   * record keeps its matches.
   *
   * @param cancellation an entry of kind `cancellation`; matched once
   * @returns one match for each line, in order
   */
  match({ invoice, lines }: Entry): readonly ReturnMatch[] {
    const known = this.recorded.matches.get(invoice);
    return lines.map((line, index) => {
      const key = keyOf(line);
      const sales = (key === undefined ? undefined : this.sales.get(key)) ?? [];
      const decided = known?.length === lines.length ? known[index] : undefined;
      const match = decided ?? matchLine(line, key === undefined ? undefined : sales);
      if (key !== undefined && match.returned.length > 0) this.sales.set(key, afterReturn(sales, match));
      return match;
    });
  }

  /** Keeps the sales by time. A file usually has them so, and then this is a push. */
  private add(key: string | undefined, sale: LedgerSale): void {
    if (key === undefined) return;
    const sales = this.sales.get(key);
    if (sales === undefined) this.sales.set(key, [sale]);
    else sales.splice(sales.findLastIndex(({ soldAt }) => soldAt <= sale.soldAt) + 1, 0, sale);
  }
}

/** A customer's id has no NUL, so no two pairs share a key. */
const keyOf = ({ customer, stockCode }: Pick<EntryLine, 'customer' | 'stockCode'>): string | undefined =>
  customer === undefined ? undefined : `${customer}\0${stockCode}`;

/** @param sales undefined for a guest, who has none */
function matchLine({ quantity, at }: EntryLine, sales: readonly LedgerSale[] | undefined): ReturnMatch {
  if (sales === undefined || quantity > 0) return unmatched(Math.max(0, -quantity));
  const returnedAt = Date.parse(at);
  return matchReturn(
    -quantity,
    sales.filter(({ isInFile, soldAt }) => isInFile || soldAt <= returnedAt),
  );
}

function afterReturn(sales: readonly LedgerSale[], { returned }: ReturnMatch): LedgerSale[] {
  return sales.map((sale) => {
    const back = returned.find((units) => units.invoice === sale.invoice && units.ordinal === sale.ordinal);
    return back === undefined ? sale : { ...sale, remaining: Math.max(0, sale.remaining - back.quantity) };
  });
}
