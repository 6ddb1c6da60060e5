import type { HeaderTable } from '../routing/headers-match.js';

/** A message to be published; the names are AMQP's, in this language's spelling. */
export interface NewMessage {
  /** Whatever JSON can say. */
  readonly body: unknown;
  /** What a headers exchange routes by; `CC` and `BCC`, lists of texts, add routing keys, and BCC is not delivered. @default none */
  readonly headers?: HeaderTable;
  /** @default a new UUID v7 */
  readonly messageId?: string;
  /** What it answers, or belongs to. */
  readonly correlationId?: string;
  /** Where an answer is to go: the name of a queue, or what a request put here. */
  readonly replyTo?: string;
  /** What kind of message it is, for those who read it. */
  readonly type?: string;
  /** 0 to 255; above the queue's highest counts as that. @default 0 */
  readonly priority?: number;
  /** Milliseconds after which it expires in a queue; the queue's own limit holds as well. @default never */
  readonly expirationMs?: number;
  /** Milliseconds until it is routed; 0 and less: at once. The header `x-delay` says the same. @default 0 */
  readonly delayMs?: number;
  /** When it happened. */
  readonly timestamp?: Date;
}

/** How a message is published. */
export interface PublishOptions {
  /** Fail when no queue is reached, instead of dropping the message. @default false */
  readonly mandatory?: boolean;
}
