import { decodeHeaders } from '../routing/encode-headers.js';
import { readEnvelope } from './envelope.js';
import type { Publication } from './encode-message.js';

/** A message that was stored before it was routed. */
export function publicationOf(envelopeText: string, body: string): Publication {
  const envelope = readEnvelope(envelopeText);
  const headers = envelope.h === undefined ? {} : decodeHeaders(JSON.stringify(envelope.h));
  const cc = Array.isArray(headers['CC']) ? (headers['CC'] as readonly string[]) : [];
  return {
    input: { exchange: envelope.x, keys: [envelope.k, ...cc, ...(envelope.b ?? [])], headers },
    message: {
      messageId: envelope.i,
      envelope: envelopeText,
      body,
      bytes: Buffer.byteLength(body),
      priority: envelope.p ?? 0,
      expirationMs: envelope.e ?? null,
    },
    delayMs: 0,
  };
}
