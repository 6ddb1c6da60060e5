import { decodeJson } from '@annals/message';
import type { HeaderTable, HeaderValue } from '../routing/headers-match.js';
import { headersOf, readEnvelope } from './envelope.js';
import type { Death, DeathPlace, Envelope } from './envelope.js';

/** A message as an engine gives it. */
export interface StoredMessage {
  readonly lane: number;
  readonly seq: number;
  /** Names the claim it came with; -1 for one that was given back before. */
  readonly first: number;
  /** From 1: how often it is delivered, this time included. */
  readonly attempt: number;
  /** Whether somebody may have had it before: also true for what was there when the server crashed. */
  readonly redelivered: boolean;
  /** Milliseconds since 1970. */
  readonly publishedAt: number;
  readonly expiresAt: number | null;
  readonly envelope: string;
  readonly body: string;
}

/** A message as a handler gets it. */
export class QueueMessage {
  #envelope: Envelope | undefined;
  #headers: HeaderTable | undefined;
  #body: unknown;
  #decoded = false;

  constructor(
    /** The queue it comes from. */
    readonly queue: string,
    private readonly stored: StoredMessage,
  ) {}

  /** What was sent, read when it is first asked for. @throws NotDecodable (`MESSAGE_NOT_DECODABLE`) */
  get body(): unknown {
    if (!this.#decoded) {
      this.#body = decodeJson(this.stored.body);
      this.#decoded = true;
    }
    return this.#body;
  }

  /** The JSON text of the body. */
  get text(): string {
    return this.stored.body;
  }

  get messageId(): string {
    return this.#read().i;
  }

  /** By which it was published last: of a dead letter, the dead-letter exchange. */
  get exchange(): string {
    return this.#read().x;
  }

  get routingKey(): string {
    return this.#read().k;
  }

  get correlationId(): string | undefined {
    return this.#read().c;
  }

  get replyTo(): string | undefined {
    return this.#read().r;
  }

  get type(): string | undefined {
    return this.#read().t;
  }

  get priority(): number {
    return this.#read().p ?? 0;
  }

  /** When it happened, as its sender says; undefined when that did not say. */
  get timestamp(): Date | undefined {
    const at = this.#read().s;
    return at === undefined ? undefined : new Date(at);
  }

  /** When it came into the queue, by the engine's clock. */
  get publishedAt(): Date {
    return new Date(this.stored.publishedAt);
  }

  /** From 1: how often it is delivered, this time included (SQS's receive count; RabbitMQ's x-delivery-count is one less). */
  get attempt(): number {
    return this.stored.attempt;
  }

  /** Whether somebody may have had it before: also true for what was there when the server crashed (AMQP). */
  get redelivered(): boolean {
    return this.stored.redelivered;
  }

  /** Why it died in other queues, the newest first (RabbitMQ's x-death). */
  get deaths(): readonly Death[] {
    return this.#read().d ?? [];
  }

  get firstDeath(): DeathPlace | undefined {
    return this.#read().f;
  }

  get lastDeath(): DeathPlace | undefined {
    return this.#read().l;
  }

  /** As they were sent, without BCC; with RabbitMQ's own of redeliveries (`x-delivery-count`) and deaths (`x-death`, `x-first-death-…`). */
  get headers(): HeaderTable {
    return (this.#headers ??= this.#allHeaders());
  }

  #allHeaders(): HeaderTable {
    const envelope = this.#read();
    const { d, f, l } = envelope;
    return {
      ...headersOf(envelope),
      ...(this.stored.attempt > 1 && { 'x-delivery-count': this.stored.attempt - 1 }),
      ...(d !== undefined && { 'x-death': d.map(tableOf) }),
      ...(f !== undefined && placeHeaders('x-first-death', f)),
      ...(l !== undefined && placeHeaders('x-last-death', l)),
    };
  }

  #read(): Envelope {
    return (this.#envelope ??= readEnvelope(this.stored.envelope));
  }
}

const tableOf = ({ queue, reason, count, time, exchange, routingKeys, originalExpirationMs }: Death): HeaderTable => ({
  queue,
  reason,
  count,
  time: new Date(time),
  exchange,
  'routing-keys': routingKeys,
  ...(originalExpirationMs !== undefined && { 'original-expiration': String(originalExpirationMs) }),
});

const placeHeaders = (
  prefix: string,
  { queue, reason, exchange }: DeathPlace,
): Readonly<Record<string, HeaderValue>> => ({
  [`${prefix}-queue`]: queue,
  [`${prefix}-reason`]: reason,
  [`${prefix}-exchange`]: exchange,
});
