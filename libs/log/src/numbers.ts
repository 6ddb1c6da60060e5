declare const unit: unique symbol;
type Count<Unit extends string> = number & { readonly [unit]: Unit };

/** How many events a stream has had up to and with this one: 1-based and gapless. 0 means "no stream". */
export type Revision = Count<'revision'>;
/** A place in the order of the whole log. For ordering only, never a cursor: positions may have holes. */
export type Position = Count<'position'>;
/** A place in one partition: 0-based, gapless, in commit order. */
export type Offset = Count<'offset'>;

/** Brands a safe integer. @throws RangeError when `value` is not a safe integer, or below 0 */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller names the unit, no argument can
export function count<Of extends Revision | Position | Offset>(value: number | string): Of {
  const counted = typeof value === 'string' ? Number(value) : value;
  // bigint arrives as text; above 2^53 - 1 it would silently lose its last digits.
  if (!Number.isSafeInteger(counted) || counted < 0) throw new RangeError(`${value} is not a safe integer from 0 on`);
  return counted as Of;
}
