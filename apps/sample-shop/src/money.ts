/** An exact amount of pounds in thousandths: the shop's prices have up to three decimals, and a float would lose them. */
export type Thousandths = bigint;

/**
 * Up to nine digits before the point; after the third decimal only zeros, as exports of fixed scale write them (`2.5500`).
 * No exponent, no thousands separator, no currency sign: each of these has two readings or hides a damaged column.
 */
const AMOUNT = /^(-?)0*(\d{1,9})(?:\.(\d{1,3})0*)?$/;

/**
 * Reads a decimal amount of pounds.
 *
 * @param text the amount, without surrounding whitespace
 * @returns the amount in thousandths, or undefined when the text is not an amount of at most three decimals
 */
export function parseMoney(text: string): Thousandths | undefined {
  const [matched, sign, whole = '', decimals = ''] = AMOUNT.exec(text) ?? [];
  if (matched === undefined) return undefined;
  const size = BigInt(whole) * 1000n + BigInt(decimals.padEnd(3, '0'));
  return sign === '-' ? -size : size;
}

/**
 * Writes an amount in its one canonical form: a minus sign for less than zero, no exponent and no separators, two decimals,
 * and a third one only when it is not 0 (`12.50`, `0.00`, `-0.005`).
 *
 * @param amount the amount in thousandths
 */
export function formatMoney(amount: Thousandths): string {
  const size = amount < 0n ? -amount : amount;
  const decimals = (size % 1000n).toString().padStart(3, '0');
  return `${amount < 0n ? '-' : ''}${size / 1000n}.${decimals.endsWith('0') ? decimals.slice(0, 2) : decimals}`;
}

const WRITTEN = /^(-?)(\d+)(?:\.(\d{1,3}))?$/;

/**
 * Reads back an amount of any size that formatMoney, or a numeric column of three decimals, has written.
 *
 * @param text as in `-1234.5`
 * @returns the amount in thousandths
 * @throws RangeError when it is no such text
 */
export function readMoney(text: string): Thousandths {
  const [matched, sign, whole = '', decimals = ''] = WRITTEN.exec(text) ?? [];
  if (matched === undefined) throw new RangeError(`${JSON.stringify(text)} is no amount of money`);
  const size = BigInt(whole + decimals.padEnd(3, '0'));
  return sign === '-' ? -size : size;
}
