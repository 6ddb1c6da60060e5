import { headersOf } from './envelope.js';
import type { Envelope } from './envelope.js';
import type { Publication } from './encode-message.js';

/**
 * A stored message as one that is to be routed.
 * @param text of the envelope, where that is known
 */
export function publicationOf(envelope: Envelope, body: string, text = JSON.stringify(envelope)): Publication {
  const headers = headersOf(envelope);
  const cc = Array.isArray(headers['CC']) ? (headers['CC'] as readonly string[]) : [];
  return {
    input: { exchange: envelope.x, keys: [envelope.k, ...cc, ...(envelope.b ?? [])], headers },
    message: {
      messageId: envelope.i,
      envelope: text,
      body,
      bytes: Buffer.byteLength(body),
      priority: envelope.p ?? 0,
      expirationMs: envelope.e ?? null,
    },
    delayMs: 0,
  };
}
