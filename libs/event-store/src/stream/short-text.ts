// Postgres' B-trees take 2704 bytes at the most; names are keys of several columns.
const MAX_BYTES = 255;
const PRINTABLE_ASCII = /^[ -~]{1,255}$/;
const CONTROL = /\p{Cc}/u;
// With the flag u only a half that has no partner matches.
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * What is wrong with a text that is stored as a key: a stream's name, a type, a correlation id. It must be a string of 1
 * to 255 bytes in UTF-8, well-formed, without control characters.
 * @returns the fault as the end of a sentence; undefined when there is none
 */
export function faultOfShortText(text: unknown): string | undefined {
  if (typeof text !== 'string') return `must be a string, not ${text === null ? 'null' : typeof text}`;
  if (PRINTABLE_ASCII.test(text)) return undefined;
  if (text === '') return 'must not be empty';
  if (LONE_SURROGATE.test(text)) return 'must not have half a surrogate pair, which UTF-8 cannot say';
  if (CONTROL.test(text)) return 'must not have control characters';
  const bytes = Buffer.byteLength(text);
  return bytes > MAX_BYTES ? `must have at most ${MAX_BYTES} bytes in UTF-8, not ${bytes}` : undefined;
}
