import { faultOf } from './json-fault.js';
import { NotEncodable } from './not-encodable.js';
import { costOf, FAULTY, OVER } from './plain-json.js';
import { TooLarge } from './too-large.js';

/** What a payload may weigh when nothing else is said: 1 MiB of JSON in UTF-8. */
export const DEFAULT_LIMIT_BYTES = 1024 * 1024;

/** How a value is encoded. */
export interface EncodeOptions {
  /** Bytes of JSON in UTF-8 at the most. @default 1 MiB */
  readonly limitBytes?: number;
  /** Names the value in errors, as in `data of OrderPlaced`. @default 'the value' */
  readonly what?: string;
}

/**
 * The JSON of a value, which `decodeJson` turns into an equal one, and which Postgres stores as it is.
 *
 * Refused, with the path of the first fault: what JSON.stringify would silently change or drop (NaN, Infinity,
 * functions, symbols, undefined and holes in arrays, Date, Map, Set, Error, Buffer, whatever has `toJSON`), what it
 * cannot write (bigint, cycles, more than 256 levels), what Postgres cannot hold (U+0000, lone surrogates, in strings
 * and keys) and what could change a prototype when read (`__proto__`; `constructor` with a `prototype` inside).
 *
 * Normalised, and so equal only up to this: properties that are undefined are left out; -0 becomes 0; an instance of
 * a class becomes a plain object of its own enumerable properties; symbol keys, and properties of arrays that are no
 * elements, are left out; parts that are shared are written once for each place.
 *
 * @throws NotEncodable (`MESSAGE_NOT_ENCODABLE`), TooLarge (`MESSAGE_TOO_LARGE`)
 */
export function encodeJson(value: unknown, options: EncodeOptions = {}): string {
  const limitBytes = options.limitBytes ?? DEFAULT_LIMIT_BYTES;
  const cost = costOf(value, 0, limitBytes);
  if (cost === FAULTY) throw refusal(value, options);
  if (cost === OVER) throw new TooLarge(options.what ?? 'the value', limitBytes + 1, limitBytes);
  const text = written(value, options);
  // JSON.stringify writes U+0000, other control characters and lone surrogates as \u….; all else stands as it is.
  if (text.includes('\\u') && faultOf(value) !== undefined) throw refusal(value, options);
  // A character has three bytes at the most (a surrogate pair is two characters of four bytes).
  if (text.length * 3 > limitBytes) {
    const bytes = Buffer.byteLength(text);
    if (bytes > limitBytes) throw new TooLarge(options.what ?? 'the value', bytes, limitBytes);
  }
  return text;
}

function written(value: unknown, options: EncodeOptions): string {
  try {
    return JSON.stringify(value);
  } catch (cause) {
    // Only a getter can still throw, or give something else than before.
    throw refusal(value, options, cause);
  }
}

function refusal(value: unknown, options: EncodeOptions, cause?: unknown): NotEncodable {
  const { path, fault } = faultOf(value) ?? { path: '', fault: 'changes while it is read: give plain values' };
  return new NotEncodable(options.what ?? 'the value', path, fault, cause);
}
