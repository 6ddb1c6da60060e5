import { decodeJson } from '@annals/message';
import { unmarkHeaders } from '../routing/encode-headers.js';
import type { HeaderTable } from '../routing/headers-match.js';

/** Why a message became a dead letter (RabbitMQ). */
export type DeathReason = 'rejected' | 'expired' | 'maxlen' | 'delivery_limit';

/** How often a message died in a queue for one reason. */
export interface Death {
  readonly queue: string;
  readonly reason: DeathReason;
  readonly count: number;
  /** When it died of it first, milliseconds since 1970. */
  readonly time: number;
  /** By which exchange and keys it had come there. */
  readonly exchange: string;
  readonly routingKeys: readonly string[];
  /** After how many milliseconds it was to expire, where it said so itself. */
  readonly originalExpirationMs?: number;
}

/** Where a message died. */
export interface DeathPlace {
  readonly queue: string;
  readonly reason: DeathReason;
  readonly exchange: string;
}

/** All of a message but its body, as it is stored. Short names: it is stored with each message. */
export interface Envelope {
  /** The message's id. */
  readonly i: string;
  readonly x: string;
  readonly k: string;
  /** Headers, as `encodeHeaders` writes them. */
  readonly h?: unknown;
  /** The keys of the header BCC, which consumers do not see. */
  readonly b?: readonly string[];
  readonly c?: string;
  readonly r?: string;
  readonly t?: string;
  readonly p?: number;
  /** After how many milliseconds it expires, where it says so itself. */
  readonly e?: number;
  /** When it happened, as its sender says. */
  readonly s?: number;
  /** Deaths, the newest first. */
  readonly d?: readonly Death[];
  readonly f?: DeathPlace;
  readonly l?: DeathPlace;
}

/** @throws NotDecodable (`MESSAGE_NOT_DECODABLE`) */
export const readEnvelope = (text: string): Envelope => decodeJson(text) as Envelope;

/** As they were sent, without BCC. */
export const headersOf = ({ h }: Envelope): HeaderTable => (h === undefined ? {} : unmarkHeaders(h));
