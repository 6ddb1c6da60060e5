import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { decodeJson, encodeJson } from '@annals/message';
import type { DataKey } from './key-store.js';

/** What stands in the place of a personal value in stored data. */
export interface Sealed {
  readonly $personal: {
    readonly subject: string;
    /** The id of the key. */
    readonly key: string;
    /** Base64: 12 bytes of nonce, the ciphertext, 16 bytes of tag (AES-256-GCM, NIST SP 800-38D). */
    readonly sealed: string;
  };
}

/** The key that no data of the application may have at the top, and that tells in a text that something is sealed. */
export const SEAL = '$personal';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Whether a value of stored data is sealed. */
export const isSealed = (value: unknown): value is Sealed =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, SEAL);

/**
 * Encrypts a value. What it is sealed for is authenticated with it, so that it cannot be moved to another field, type or
 * subject.
 * @param place type and field
 * @param value plain JSON
 * @param random gives so many unpredictable bytes
 */
export function seal(
  subject: string,
  place: string,
  value: unknown,
  key: DataKey,
  random: (bytes: number) => Uint8Array = randomBytes,
): Sealed {
  const nonce = random(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key.bytes, nonce);
  cipher.setAAD(Buffer.from(`${subject}\n${place}`));
  const text = cipher.update(encodeJson(value, { what: place }), 'utf8');
  const sealed = Buffer.concat([nonce, text, cipher.final(), cipher.getAuthTag()]);
  return { [SEAL]: { subject, key: key.id, sealed: sealed.toString('base64') } };
}

/** @throws Error when it was not sealed so, for this place, with this key */
export function unseal({ $personal: { subject, sealed } }: Sealed, place: string, key: DataKey): unknown {
  const bytes = Buffer.from(sealed, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', key.bytes, bytes.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(`${subject}\n${place}`));
  decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
  const text = decipher.update(bytes.subarray(NONCE_BYTES, bytes.length - TAG_BYTES));
  return decodeJson(Buffer.concat([text, decipher.final()]).toString('utf8'));
}
