import { isDeepStrictEqual } from 'node:util';
import { InvalidBinding } from './invalid-binding.js';

/** What a header or a binding's argument may be; null is AMQP's void. */
export type HeaderValue =
  string | number | bigint | boolean | null | Date | Uint8Array | readonly HeaderValue[] | HeaderTable;

/** Headers of a message, or arguments of a binding. */
export interface HeaderTable {
  readonly [name: string]: HeaderValue;
}

const MODES = ['all', 'any', 'all-with-x', 'any-with-x'];
const MODE = 'x-match';

/**
 * Whether a message's headers are such as a headers exchange routes by a binding's arguments (AMQP 0-9-1, RabbitMQ).
 * `x-match` says how: `all` (the default) wants every argument met, `any` at least one; arguments whose name begins with
 * `x-` count only in `all-with-x` and `any-with-x`. An argument that is null asks only that the header is there; any other
 * must be equal, also in its type. Without arguments `all` is true and `any` false.
 * @throws InvalidBinding (`BUS_INVALID_BINDING`) for another `x-match`
 */
export function headersMatch(bindingArguments: HeaderTable, headers: HeaderTable): boolean {
  return headersMatcher(bindingArguments)(headers);
}

/**
 * As `headersMatch`, for one binding and many messages.
 * @throws InvalidBinding (`BUS_INVALID_BINDING`)
 */
export function headersMatcher(bindingArguments: HeaderTable): (headers: HeaderTable) => boolean {
  const mode = Object.hasOwn(bindingArguments, MODE) ? bindingArguments[MODE] : 'all';
  if (typeof mode !== 'string' || !MODES.includes(mode)) {
    throw new InvalidBinding(`its ${MODE} is ${JSON.stringify(mode)}: give one of ${MODES.join(', ')}`);
  }
  const countsX = mode.endsWith('-with-x');
  const wanted = Object.entries(bindingArguments).filter(
    ([name]) => name !== MODE && (countsX || !name.startsWith('x-')),
  );
  const isMet = (headers: HeaderTable, [name, value]: [string, HeaderValue]): boolean =>
    Object.hasOwn(headers, name) && (value === null || isSame(headers[name], value));
  return mode.startsWith('all')
    ? (headers) => wanted.every((one) => isMet(headers, one))
    : (headers) => wanted.some((one) => isMet(headers, one));
}

/** Equal in type and value; bytes by what they are, whatever holds them. */
const isSame = (one: HeaderValue | undefined, other: HeaderValue): boolean =>
  one instanceof Uint8Array && other instanceof Uint8Array
    ? Buffer.compare(one, other) === 0
    : isDeepStrictEqual(one, other);
