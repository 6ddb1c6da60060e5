import type { Enrolment, UnitOfWork } from '@annals/log';
import { activeTraceparent } from '@annals/message';
import { DEFAULT_EXCHANGE } from '../routing/exchange.js';
import { InvalidExchange } from '../routing/invalid-exchange.js';
import { Router } from '../routing/router.js';
import { Unroutable } from '../routing/unroutable.js';
import { answering } from './answering.js';
import { resolveConsumeOptions } from './consume-options.js';
import type { ConsumeOptions } from './consume-options.js';
import { DeadLetters } from './dead-letters.js';
import { encodeMessage } from './encode-message.js';
import type { Publication } from './encode-message.js';
import { InvalidConsumer } from './invalid-consumer.js';
import { InvalidMessage } from './invalid-message.js';
import type { MessageHandler } from './message-delivery.js';
import { MessageHandling } from './message-handling.js';
import type { NewMessage, PublishOptions } from './new-message.js';
import type { Published } from './published.js';
import { Publisher } from './publisher.js';
import type { Queue } from './queue.js';
import { QueueConsumer } from './queue-consumer.js';
import type { QueueEngine } from './queue-engine.js';
import type { QueueMessage } from './queue-message.js';
import { QueueSession } from './queue-session.js';
import { QueueTopology } from './queue-topology.js';
import { QueueUpkeep } from './queue-upkeep.js';
import { resolveQueuesOptions } from './queues-options.js';
import type { QueuesOptions, ResolvedQueuesOptions } from './queues-options.js';
import { Redriver } from './redriver.js';
import type { RedriveOptions } from './redriver.js';
import { REPLY_TO, Requests } from './requests.js';
import type { RequestOptions } from './requests.js';
import { UnitMessages } from './unit-messages.js';
import { UnitSettlements } from './unit-settlements.js';
import { withTrace } from '../tracing/traced-delivery.js';

/** Exchanges, bindings and queues: RabbitMQ's half of the bus. */
export class Queues extends QueueTopology {
  readonly #options: ResolvedQueuesOptions;
  readonly #publisher: Publisher;
  readonly #deadLetters: DeadLetters;
  readonly #upkeep: QueueUpkeep;
  readonly #requests: Requests;
  readonly #redriver: Redriver;
  readonly #unitMessages: UnitMessages;
  readonly #unitSettlements: UnitSettlements;
  readonly #consumers = new Set<QueueConsumer>();
  #stopped: Promise<void> | undefined;

  /** @throws RangeError naming every option at fault */
  constructor(
    engine: QueueEngine,
    private readonly unitOfWork: UnitOfWork | undefined,
    options?: QueuesOptions,
  ) {
    const resolved = resolveQueuesOptions(options);
    const { onError } = resolved;
    const { messages } = engine;
    super(engine, new Router(engine.topology), new QueueSession(engine.consumers, resolved, onError));
    this.#options = resolved;
    this.#upkeep = new QueueUpkeep(
      engine,
      this.router,
      this.session,
      () => this.#deadLetters,
      this.#options.sweepMs,
      onError,
    );
    const trim = (queue: Queue): Promise<void> => this.#upkeep.trim(queue);
    this.#deadLetters = new DeadLetters(messages, this.router, Date.now, trim, onError);
    this.#publisher = new Publisher(messages, this.router, this.#options, {
      trim,
      stored: (bytes) => this.#upkeep.stored(bytes),
      rejected: (queue, message) => this.#deadLetters.send(queue, message, 'maxlen'),
    });
    this.#requests = new Requests(engine.replies, onError);
    this.#redriver = new Redriver(messages, this.router);
    this.#unitMessages = new UnitMessages(messages, engine.delays, this.router, this.#publisher);
    this.#unitSettlements = new UnitSettlements(messages);
  }

  /**
   * Publishes a message, and resolves when it is on disk in all queues it reaches (a publisher confirm). In a unit of work of the
   * application it is published with the unit, if that commits: then this resolves at once.
   * @throws InvalidMessage (`BUS_INVALID_MESSAGE`), UnknownExchange (`BUS_UNKNOWN_EXCHANGE`), InvalidExchange (`BUS_INVALID_EXCHANGE`)
   *   for an internal one, Unroutable (`BUS_UNROUTABLE`) with `mandatory`, QueueFull (`BUS_QUEUE_FULL`), ProducerFull
   *   (`BUS_PRODUCER_FULL`), LogUnavailable (`LOG_UNAVAILABLE`); NotJoined (`STORE_NOT_JOINED`) in a transaction of the application
   *   that no unit has joined
   */
  async publish(
    exchange: string,
    routingKey: string,
    message: NewMessage,
    options: PublishOptions = {},
  ): Promise<Published> {
    const unit = this.unitOfWork?.current();
    const parent = activeTraceparent();
    const sent = parent === undefined ? message : { ...message, headers: withTrace(message.headers, parent) };
    const publication = encodeMessage(exchange, routingKey, sent, this.#options.maxMessageBytes);
    const { messageId } = publication.message;
    if (exchange === DEFAULT_EXCHANGE && routingKey.startsWith(REPLY_TO)) {
      await this.#requests.reply(routingKey, publication.message.envelope, publication.message.body);
      return { messageId, routed: true };
    }
    this.#upkeep.start();
    const exchangeKnown = this.router.topology.exchange(exchange);
    if (exchangeKnown?.config.internal !== false) await this.#checkPublishable(exchange);
    if (unit !== undefined || publication.delayMs > 0)
      return this.#publishOtherwise(publication, message, unit, options);
    const known = this.#publisher.routeNow(publication);
    const queues = known.length > 0 ? known : await this.#publisher.route(publication);
    const routed = queues.length > 0 && (await this.#publisher.publish(publication, queues));
    if (!routed && options.mandatory === true) throw new Unroutable(exchange, routingKey, message);
    return { messageId, routed };
  }

  /** Publishes a message to one queue, by the default exchange. @throws as `publish`; Unroutable when there is no such queue */
  send(queue: string, message: NewMessage): Promise<Published> {
    return this.publish(DEFAULT_EXCHANGE, queue, message, { mandatory: true });
  }

  /** Takes back a delayed message that is not routed yet. @returns false when it was, or never waited */
  cancelDelayed(messageId: string): Promise<boolean> {
    return this.engine.delays.cancel(messageId);
  }

  /**
   * Consumes a queue.
   * @throws InvalidConsumer (`BUS_INVALID_CONSUMER`), UnknownQueue (`BUS_UNKNOWN_QUEUE`), ResourceLocked (`BUS_RESOURCE_LOCKED`):
   *   nothing was started
   */
  async consume(given: ConsumeOptions, handle: MessageHandler): Promise<QueueConsumer> {
    const options = resolveConsumeOptions(given);
    if (options.guarantee === 'effectively-once' && this.unitOfWork === undefined) {
      throw new InvalidConsumer(options.queue, [
        `'effectively-once' needs units of work, which this bus was not given: the event store's module gives them`,
      ]);
    }
    const queue = await this.accessible(options.queue);
    this.#upkeep.start();
    const consumer = new QueueConsumer(queue, options, {
      store: this.engine.messages,
      consumers: this.engine.consumers,
      session: this.session,
      findQueue: async () => {
        await this.router.refresh();
        return this.router.topology.queues.get(queue.name);
      },
      removeUnused: () => this.#upkeep.removeUnused(queue.name),
      onStopped: (stopped) => this.#consumers.delete(stopped),
      handling: (around) =>
        new MessageHandling(around, {
          handle,
          deadLetters: this.#deadLetters,
          publish: this.publish.bind(this),
          unitOfWork: this.unitOfWork,
          settlements: this.#unitSettlements,
        }),
    });
    await consumer.start();
    this.#consumers.add(consumer);
    return consumer;
  }

  /**
   * Publishes a request and waits for its reply, which comes directly, past all queues, and at most once (RabbitMQ's direct reply-to).
   * @throws as `publish`; Unroutable (`BUS_UNROUTABLE`) when nobody is there to get it, RequestTimedOut (`BUS_REQUEST_TIMED_OUT`),
   *   RequestFailed (`BUS_REQUEST_FAILED`) when the handler failed
   */
  async request(
    exchange: string,
    routingKey: string,
    message: NewMessage,
    { timeoutMs = this.#options.requestTimeoutMs, signal }: RequestOptions = {},
  ): Promise<QueueMessage> {
    const expirationMs = message.expirationMs ?? timeoutMs;
    const at = { exchange, routingKey };
    return this.#requests.make(at, { ...message, expirationMs }, { timeoutMs, signal }, (addressed) =>
      this.publish(exchange, routingKey, addressed, { mandatory: true }),
    );
  }

  /**
   * Consumes a queue of requests: what the handler returns is the reply, what it throws fails the request; neither is tried again.
   * @throws as `consume`
   */
  respond(options: ConsumeOptions, handle: MessageHandler): Promise<QueueConsumer> {
    return this.consume(options, answering(handle));
  }

  /**
   * Sends dead letters back to the queues in which they died last, past all exchanges. They keep their history, and begin anew there.
   * @param queue in which they are
   * @returns how many were sent; one whose queue is gone stays
   * @throws UnknownQueue (`BUS_UNKNOWN_QUEUE`), ResourceLocked (`BUS_RESOURCE_LOCKED`)
   */
  async redrive(queue: string, options: RedriveOptions = {}): Promise<number> {
    return this.#redriver.redrive(await this.session.id(), await this.accessible(queue), options);
  }

  /** Looks for what expired, is due, or belonged to a dead process, at once instead of at the next look. */
  async sweep(): Promise<void> {
    await this.#upkeep.sweep();
  }

  /** Lets go of the room of messages that are over, at once instead of after the next many. */
  reclaim(): Promise<void> {
    return this.#upkeep.reclaim();
  }

  /** Stops all consumers, then publishing. May be called twice. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  protected override used(): void {
    this.#upkeep.start();
  }

  async #stop(): Promise<void> {
    await Promise.all([...this.#consumers].map((consumer) => consumer.stop()));
    await this.#requests.stop();
    await this.#publisher.stop();
    await this.#upkeep.stop();
    await this.session.stop();
    this.router.stop();
  }

  async #checkPublishable(name: string): Promise<void> {
    const exchange = this.router.topology.exchange(name) ?? (await this.checkExchange(name));
    if (exchange.config.internal) {
      throw new InvalidExchange(name, ['it is internal, and takes messages from other exchanges only']);
    }
  }

  /** What is to be routed later, or stored with a unit of work. */
  async #publishOtherwise(
    publication: Publication,
    given: NewMessage,
    unit: Enrolment | undefined,
    { mandatory }: PublishOptions,
  ): Promise<Published> {
    const { messageId } = publication.message;
    if (publication.delayMs > 0 && unit === undefined) {
      await this.#delay(publication);
      return { messageId, routed: true };
    }
    const queues = await this.#publisher.route(publication);
    if (queues.length === 0 && mandatory === true && publication.delayMs <= 0) {
      throw new Unroutable(publication.input.exchange, publication.input.keys[0] ?? '', given);
    }
    await this.#publisher.noteExpiry(publication, queues);
    if (unit !== undefined) this.#unitMessages.add(unit, publication, queues);
    return { messageId, routed: queues.length > 0 || publication.delayMs > 0 };
  }

  async #delay(publication: Publication): Promise<void> {
    const { messageId: id, envelope, body } = publication.message;
    if (await this.engine.delays.add({ id, envelope, body }, publication.delayMs)) return;
    throw new InvalidMessage([`a delayed one of the id ${id} waits already`]);
  }
}
