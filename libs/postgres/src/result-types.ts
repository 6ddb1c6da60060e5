/** Reads a column's text. */
export type Parser = (text: string) => unknown;

const BOOL = 16;
const BYTEA = 17;
const INT8 = 20;
const INT2 = 21;
const INT4 = 23;
const FLOAT8 = 701;
const INT2_ARRAY = 1005;
const INT8_ARRAY = 1016;
const TIMESTAMPTZ = 1184;

function integer(text: string): number {
  const value = Number(text);
  // Beyond 2^53 - 1 a number silently loses its last digits (node-postgres#353).
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} does not fit a safe integer`);
  return value;
}

const integers = (text: string): (number | null)[] =>
  text === '{}'
    ? []
    : text
        .slice(1, -1)
        .split(',')
        .map((item) => (item === 'NULL' ? null : integer(item)));

const PARSERS = new Map<number, Parser>([
  [BOOL, (text) => text === 't'],
  // In hex, as the server writes it since 9.0 unless bytea_output says otherwise.
  [BYTEA, (text) => Buffer.from(text.slice(2), 'hex')],
  [INT2, Number],
  [INT4, Number],
  [FLOAT8, Number],
  [INT8, integer],
  [INT2_ARRAY, integers],
  [INT8_ARRAY, integers],
  [TIMESTAMPTZ, parseTimestamp],
]);

const asText: Parser = (text) => text;

const digits = (text: string, from: number, to: number): number => {
  let value = 0;
  for (let at = from; at < to; at++) value = value * 10 + text.charCodeAt(at) - 48;
  return value;
};

/** `2026-11-24 04:05:06.789123+00` by hand, since Date's parser for it is ten times slower; anything else by Date. */
export function parseTimestamp(text: string): Date {
  if (!text.endsWith('+00') || text.charCodeAt(10) !== 32 || text.charCodeAt(4) !== 45) {
    return new Date(text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00'));
  }
  // No string is cut out for the fraction: a catch-up reads millions of these.
  const end = text.charCodeAt(19) === 46 ? Math.min(23, text.length - 3) : 20;
  const milliseconds = digits(text, 20, end) * 10 ** (23 - end);
  const [year, month, day] = [digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10)];
  return new Date(
    Date.UTC(year, month - 1, day, digits(text, 11, 13), digits(text, 14, 16), digits(text, 17, 19), milliseconds),
  );
}

/**
 * How columns are read, given with each query: the driver's global parsers belong to the application, and other
 * libraries replace them. JSON stays text.
 */
export const resultTypes = { getTypeParser: (oid: number): Parser => PARSERS.get(oid) ?? asText };
