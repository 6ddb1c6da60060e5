import { createHash } from 'node:crypto';

/** A stream's name has 255 bytes at the most, and begins with its category. */
const MAX_BYTES = 200;
const HASHED = '~';

// Well-formed text without control characters, which no stream's name may hold.
const PLAIN = /^[^\p{Cc}\p{Cs}]+$/u;

/**
 * What a product's code or a customer's id is called in the name of its stream, and in keys of the read model. Codes come
 * from files and may be anything (`BANK CHARGES`, `__proto__`, a text of any length): most stand for themselves, upper and
 * lower case kept apart; what cannot stand in a stream's name is a hash with a tilde before it.
 *
 * @param code any text
 * @returns a text of at most 200 bytes, another one for every other code
 */
export function nameInStream(code: string): string {
  const stands = PLAIN.test(code) && !code.startsWith(HASHED) && Buffer.byteLength(code) <= MAX_BYTES;
  return stands ? code : HASHED + createHash('sha256').update(code).digest('hex');
}
