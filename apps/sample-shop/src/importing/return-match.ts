/** A recorded order line of one customer and product, and how many of its units have not come back yet. */
export interface OpenSale {
  readonly invoice: string;
  readonly ordinal: number;
  readonly remaining: number;
}

/** Units that come back from one order line. */
export interface ReturnedUnits {
  readonly invoice: string;
  readonly ordinal: number;
  readonly quantity: number;
}

/** To which sales a cancelled line belongs. */
export interface ReturnMatch {
  /** False when the customer has no earlier sale of the product on record, returned or not: the line is unmatched. */
  readonly isMatched: boolean;
  readonly returned: readonly ReturnedUnits[];
  /** Units cancelled beyond what is left of the sales on record; all of them when the line is unmatched. */
  readonly excess: number;
}

/** The match of a line that no sale can answer: a guest's, or one of positive quantity. */
export const unmatched = (units: number): ReturnMatch => ({ isMatched: false, returned: [], excess: units });

/**
 * Decides which sales a cancelled line gives back: the newest first, since a customer sends back what came last, and over
 * as many sales as it takes, but never more than was bought. A pure decision over the sales on record.
 *
 * @param units how many units are cancelled, a positive whole number
 * @param sales all earlier order lines of the same customer and product, oldest first, the returned ones included
 */
export function matchReturn(units: number, sales: readonly OpenSale[]): ReturnMatch {
  const returned: ReturnedUnits[] = [];
  let excess = units;
  for (const { invoice, ordinal, remaining } of sales.toReversed()) {
    const quantity = Math.min(excess, remaining);
    if (quantity > 0) returned.push({ invoice, ordinal, quantity });
    excess -= quantity;
  }
  return { isMatched: sales.length > 0, returned, excess };
}
