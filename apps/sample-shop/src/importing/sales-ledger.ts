import type { Entry, EntryLine } from './entry.js';
import type { OpenSale, ReturnMatch } from './return-match.js';
import { matchReturn, unmatched } from './return-match.js';

/**
 * The sales that cancelled lines are matched to: for each customer and product its order lines, oldest first, in memory.
 * Guests have no sales here, since nothing says that two guests are one.
 */
export class SalesLedger {
  private readonly sales = new Map<string, OpenSale[]>();

  /**
   * Records the lines of an order.
   *
   * @param order an entry of kind `order` that comes after all recorded before; recorded once
   */
  record(order: Entry): void {
    for (const line of order.lines) {
      const key = keyOf(line);
      if (key === undefined) continue;
      const sale: OpenSale = { invoice: order.invoice, ordinal: line.ordinal, remaining: line.quantity };
      const earlier = this.sales.get(key);
      if (earlier === undefined) this.sales.set(key, [sale]);
      else earlier.push(sale);
    }
  }

  /**
   * Matches the lines of a cancellation one after the other, and takes what they give back off the sales.
   *
   * @param cancellation an entry of kind `cancellation`; matched once
   * @returns one match for each line, in order
   */
  match(cancellation: Entry): readonly ReturnMatch[] {
    return cancellation.lines.map((line) => {
      const key = keyOf(line);
      if (key === undefined || line.quantity > 0) return unmatched(Math.max(0, -line.quantity));
      const sales = this.sales.get(key) ?? [];
      const match = matchReturn(-line.quantity, sales);
      if (match.returned.length > 0) this.sales.set(key, afterReturn(sales, match));
      return match;
    });
  }
}

/** A customer's id has no NUL, so no two pairs share a key. */
const keyOf = ({ customer, stockCode }: EntryLine): string | undefined =>
  customer === undefined ? undefined : `${customer}\0${stockCode}`;

function afterReturn(sales: readonly OpenSale[], { returned }: ReturnMatch): OpenSale[] {
  return sales.map((sale) => {
    const back = returned.find((units) => units.invoice === sale.invoice && units.ordinal === sale.ordinal);
    return back === undefined ? sale : { ...sale, remaining: sale.remaining - back.quantity };
  });
}
