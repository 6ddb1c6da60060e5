import { decodeJson, encodeJson, hasCode } from '@annals/message';
import type { HeaderTable, HeaderValue } from './headers-match.js';

/** Bytes of all headers of a message together, or of a binding's arguments. */
const MOST_BYTES = 64 * 1024;
/** How deep tables and lists may lie in one another. */
const MOST_LEVELS = 16;
/** Marks what JSON has no word for; a table that begins like it is marked as well. */
const MARK = '$annals';

/**
 * Headers as JSON text, types and all.
 * @param refusal makes the error of what cannot be, from a sentence's end
 */
export function encodeHeaders(headers: HeaderTable, refusal: (fault: string) => Error): string {
  const mark = (value: HeaderValue, level: number): unknown => {
    if (level > MOST_LEVELS) throw refusal(`its headers are more than ${MOST_LEVELS} levels deep`);
    if (value === null || typeof value !== 'object') {
      return typeof value === 'bigint' ? { [MARK]: 'bigint', value: value.toString() } : value;
    }
    if (value instanceof Date) {
      if (!Number.isFinite(value.getTime())) throw refusal('a header is no valid date');
      return { [MARK]: 'date', value: value.getTime() };
    }
    if (value instanceof Uint8Array) {
      return {
        [MARK]: 'bytes',
        value: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64'),
      };
    }
    if (Array.isArray(value)) return (value as readonly HeaderValue[]).map((one) => mark(one, level + 1));
    const entries = Object.entries(value as HeaderTable)
      .filter(([, one]: [string, unknown]) => one !== undefined)
      .map(([name, one]) => [name, mark(one, level + 1)] as const);
    const table = Object.create(null) as Record<string, unknown>;
    for (const [name, one] of entries) table[name] = one;
    return Object.hasOwn(value, MARK) ? { [MARK]: 'table', value: { ...table } } : { ...table };
  };
  if (!isTable(headers)) throw refusal('its headers are no table');
  try {
    return encodeJson(mark(headers, 0), { limitBytes: MOST_BYTES, what: 'its headers' });
  } catch (error) {
    if (hasCode(error, 'MESSAGE_TOO_LARGE')) throw refusal(`its headers have more than ${MOST_BYTES} bytes`);
    if (hasCode(error, 'MESSAGE_NOT_ENCODABLE')) throw refusal(error.message);
    throw error;
  }
}

const isTable = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What `encodeHeaders` wrote. @throws NotDecodable (`MESSAGE_NOT_DECODABLE`) */
export const decodeHeaders = (text: string): HeaderTable => unmarkHeaders(decodeJson(text));

/** As `decodeHeaders`, of what is no text any more. */
export const unmarkHeaders = (table: unknown): HeaderTable => unmarked(table) as HeaderTable;

function unmarked(value: unknown): HeaderValue {
  if (Array.isArray(value)) return value.map(unmarked);
  if (typeof value !== 'object' || value === null) return value as HeaderValue;
  const marked = value as { readonly [MARK]?: string; readonly value?: unknown };
  switch (marked[MARK]) {
    case 'bigint':
      return BigInt(String(marked.value));
    case 'date':
      return new Date(Number(marked.value));
    case 'bytes':
      return Buffer.from(String(marked.value), 'base64');
    case 'table':
      return unmarkedTable(marked.value as object);
    default:
      return unmarkedTable(value);
  }
}

const unmarkedTable = (table: object): HeaderTable =>
  Object.fromEntries(Object.entries(table).map(([name, value]) => [name, unmarked(value)]));
