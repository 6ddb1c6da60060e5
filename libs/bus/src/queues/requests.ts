import { randomUUID } from 'node:crypto';
import type { NewMessage } from './new-message.js';
import { headersOf, readEnvelope } from './envelope.js';
import { QueueMessage } from './queue-message.js';
import type { ReplyStore } from './reply-store.js';
import { RequestFailed } from './request-failed.js';
import { RequestTimedOut } from './request-timed-out.js';

/** Begins the address to which a reply goes directly, past all queues (RabbitMQ's direct reply-to). */
export const REPLY_TO = 'amq.rabbitmq.reply-to.';

/** Headers of a reply that says that the request failed. */
export const FAILURE_HEADERS = Object.freeze({ reason: 'annals-failure-reason', code: 'annals-failure-code' });

/** How a request is made. */
export interface RequestOptions {
  /** Milliseconds after which it is given up. @default as the bus says, 30000 */
  readonly timeoutMs?: number;
  /** Gives the request up when it aborts. */
  readonly signal?: AbortSignal;
}

interface Waiting {
  readonly resolve: (reply: QueueMessage) => void;
  readonly reject: (error: unknown) => void;
}

/** Milliseconds between looks for replies while somebody waits, should every wake-up be lost. */
const POLL_MS = 100;

/** Requests of this process and the replies to them, which come at most once, and only while somebody waits. */
export class Requests {
  readonly #inbox = randomUUID().replaceAll('-', '').slice(0, 20);
  readonly #waiting = new Map<string, Waiting>();
  #stopWaking: (() => void) | undefined;
  #polling: NodeJS.Timeout | undefined;
  #taking: Promise<void> | undefined;
  #again = false;

  constructor(
    private readonly store: ReplyStore,
    private readonly onError: (error: unknown, where: string) => void,
  ) {}

  /**
   * Publishes a request and waits for the reply.
   * @param publish sends the message with the address of the reply in it
   * @throws RequestTimedOut (`BUS_REQUEST_TIMED_OUT`), RequestFailed (`BUS_REQUEST_FAILED`), or what `publish` throws
   */
  async make(
    at: { readonly exchange: string; readonly routingKey: string },
    message: NewMessage,
    { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal | undefined },
    publish: (message: NewMessage) => Promise<unknown>,
  ): Promise<QueueMessage> {
    const correlationId = message.correlationId ?? randomUUID();
    this.#listen();
    // Before it is sent: the reply may be faster than the answer to the sending.
    const reply = new Promise<QueueMessage>((resolve, reject) => this.#waiting.set(correlationId, { resolve, reject }));
    reply.catch(() => undefined);
    const waiting = this.#waiting.get(correlationId) as Waiting;
    const late = setTimeout(
      () => waiting.reject(new RequestTimedOut(at.exchange, at.routingKey, timeoutMs)),
      timeoutMs,
    );
    const onAbort = (): void => waiting.reject(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      signal?.throwIfAborted();
      await publish({ ...message, correlationId, replyTo: REPLY_TO + this.#inbox });
      return await reply;
    } finally {
      clearTimeout(late);
      signal?.removeEventListener('abort', onAbort);
      this.#waiting.delete(correlationId);
    }
  }

  /** Sends a reply to an address that a request came with. */
  reply(address: string, envelope: string, body: string): Promise<void> {
    return this.store.send({ inbox: address.slice(REPLY_TO.length), envelope, body });
  }

  async stop(): Promise<void> {
    this.#stopWaking?.();
    clearInterval(this.#polling);
    for (const { reject } of this.#waiting.values()) reject(new Error('the bus was stopped'));
    await this.#taking;
  }

  #listen(): void {
    if (this.#stopWaking !== undefined) return;
    this.#stopWaking = this.store.onReply(this.#inbox, () => this.#take());
    this.#polling = setInterval(() => {
      if (this.#waiting.size > 0) this.#take();
    }, POLL_MS);
    this.#polling.unref();
  }

  #take(): void {
    this.#again = true;
    this.#taking ??= this.#takeAll().finally(() => (this.#taking = undefined));
  }

  async #takeAll(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      try {
        for (const { envelope, body } of await this.store.take(this.#inbox)) this.#answer(envelope, body);
      } catch (error) {
        this.onError(error, 'replies');
      }
    }
  }

  #answer(envelope: string, body: string): void {
    const reply = readEnvelope(envelope);
    const waiting = this.#waiting.get(reply.c ?? '');
    if (waiting === undefined) return;
    const headers = headersOf(reply);
    const reason = headers[FAILURE_HEADERS.reason];
    const code = headers[FAILURE_HEADERS.code];
    if (typeof reason === 'string') {
      waiting.reject(new RequestFailed(reason, typeof code === 'string' ? code : undefined));
      return;
    }
    const stored = {
      lane: 0,
      seq: 0,
      first: 0,
      attempt: 1,
      redelivered: false,
      publishedAt: Date.now(),
      expiresAt: null,
      envelope,
      body,
    };
    waiting.resolve(new QueueMessage('', stored));
  }
}
