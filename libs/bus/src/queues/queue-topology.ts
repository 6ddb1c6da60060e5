import { randomUUID } from 'node:crypto';
import { resolveBinding } from '../routing/binding.js';
import type { NewBinding } from '../routing/binding.js';
import {
  bind,
  checkOwner,
  declareExchange,
  declareQueue,
  deleteExchange,
  deleteQueue,
  unbind,
} from '../routing/declarations.js';
import type { DeleteOptions } from '../routing/declarations.js';
import { resolveExchange } from '../routing/exchange.js';
import type { Exchange, ExchangeConfig, ExchangeType } from '../routing/exchange.js';
import type { Router } from '../routing/router.js';
import { topologyGraph } from '../routing/topology-graph.js';
import type { TopologyRows } from '../routing/topology-store.js';
import { UnknownExchange } from '../routing/unknown-exchange.js';
import { InvalidQueue } from './invalid-queue.js';
import { queueNameFaults, resolveQueueConfig } from './queue.js';
import type { Queue, QueueConfig, QueueState } from './queue.js';
import type { QueueEngine } from './queue-engine.js';
import { QueueMessage } from './queue-message.js';
import type { QueueSession } from './queue-session.js';
import { UnknownQueue } from './unknown-queue.js';

/** A queue as an operator sees it. */
export interface QueueDescription extends Queue, QueueState {}

/** How a queue is declared. */
export interface DeclareQueueOptions extends Partial<QueueConfig> {
  /** Take it though there is no exchange or queue for its dead letters yet; until there is, they are dropped. @default false */
  readonly allowMissingDeadLetters?: boolean;
}

/** Exchanges, bindings and queues themselves: what is declared, bound, looked at, emptied and deleted. */
export abstract class QueueTopology {
  constructor(
    protected readonly engine: QueueEngine,
    protected readonly router: Router,
    protected readonly session: QueueSession,
  ) {}

  /** Called when this process begins to use exchanges or queues. */
  protected abstract used(): void;

  /**
   * Makes an exchange; one that is there with the same properties stays (AMQP's exchange.declare).
   * @throws InvalidExchange (`BUS_INVALID_EXCHANGE`), also when it is there with others
   */
  async declareExchange(
    name: string,
    type: ExchangeType,
    config: Partial<Omit<ExchangeConfig, 'type'>> = {},
  ): Promise<void> {
    const exchange = resolveExchange(name, type, config);
    await this.#change((rows) => declareExchange(rows, exchange));
  }

  /** Says that an exchange is there (AMQP's passive declaration). @throws UnknownExchange (`BUS_UNKNOWN_EXCHANGE`) */
  async checkExchange(name: string): Promise<Exchange> {
    const exchange = await this.#findExchange(name);
    if (exchange === undefined) throw new UnknownExchange(name);
    return exchange;
  }

  /** Removes an exchange with its bindings; one that is not there is no fault. @throws InvalidExchange, InUse (`BUS_IN_USE`) */
  async deleteExchange(name: string, options: DeleteOptions = {}): Promise<void> {
    await this.#change((rows) => deleteExchange(rows, name, options));
  }

  /**
   * Makes a queue; one that is there with the same properties stays (AMQP's queue.declare).
   * @param name an empty one lets the bus name it, as `amq.gen-…`
   * @returns its name
   * @throws InvalidQueue (`BUS_INVALID_QUEUE`), also when it is there with others; ResourceLocked (`BUS_RESOURCE_LOCKED`);
   *   UnknownExchange (`BUS_UNKNOWN_EXCHANGE`), UnknownQueue (`BUS_UNKNOWN_QUEUE`) when there is no place for its dead letters
   */
  async declareQueue(name: string, options: DeclareQueueOptions = {}): Promise<string> {
    const { allowMissingDeadLetters = false, ...given } = options;
    const faults = name === '' ? [] : queueNameFaults(name);
    if (faults.length > 0) throw new InvalidQueue(name, faults);
    const named = name === '' ? `amq.gen-${randomUUID()}` : name;
    const config = resolveQueueConfig(named, given);
    // Only what goes with a session needs one: who but publishes gives no signs of life.
    const session = config.exclusive ? await this.session.id() : this.session.current;
    await this.#change((rows) => declareQueue(rows, named, config, session, allowMissingDeadLetters));
    return named;
  }

  /** What a queue is and what is in it (AMQP's passive declaration); counts as use. @throws UnknownQueue (`BUS_UNKNOWN_QUEUE`), ResourceLocked */
  async describeQueue(name: string): Promise<QueueDescription> {
    const queue = await this.accessible(name);
    return { ...queue, ...(await this.engine.messages.describe(queue)) };
  }

  /** All queues, by name. */
  async listQueues(): Promise<readonly QueueDescription[]> {
    await this.router.refresh();
    const queues = [...this.router.topology.queues.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
    const described: QueueDescription[] = [];
    for (const queue of queues) described.push({ ...queue, ...(await this.engine.messages.describe(queue)) });
    return described;
  }

  /**
   * Removes a queue with its messages; one that is not there is no fault. Its messages are no dead letters.
   * @returns how many were ready
   * @throws InUse (`BUS_IN_USE`), ResourceLocked (`BUS_RESOURCE_LOCKED`)
   */
  async deleteQueue(name: string, options: DeleteOptions = {}): Promise<number> {
    const queue = this.router.topology.queues.get(name);
    const removed = await this.#change((rows) => deleteQueue(rows, name, options, this.session.current));
    // Its consumers find out.
    if (queue !== undefined) this.engine.messages.announce([queue]);
    return removed;
  }

  /**
   * Shows messages of a queue that are in nobody's hands, the next first, and leaves them where they are.
   * @param most at the most so many
   * @throws UnknownQueue (`BUS_UNKNOWN_QUEUE`), ResourceLocked (`BUS_RESOURCE_LOCKED`)
   */
  async peek(name: string, most = 100): Promise<readonly QueueMessage[]> {
    const stored = await this.engine.messages.peek(await this.accessible(name), most);
    return stored.map((one) => new QueueMessage(name, one));
  }

  /** Removes the ready messages of a queue. @returns how many @throws UnknownQueue (`BUS_UNKNOWN_QUEUE`), ResourceLocked */
  async purge(name: string): Promise<number> {
    return this.engine.messages.purge(await this.accessible(name));
  }

  /**
   * Has an exchange lead to a queue or another exchange; the same binding twice is one.
   * @throws InvalidBinding (`BUS_INVALID_BINDING`), UnknownExchange (`BUS_UNKNOWN_EXCHANGE`), UnknownQueue (`BUS_UNKNOWN_QUEUE`), ResourceLocked
   */
  async bind(binding: NewBinding): Promise<void> {
    const resolved = resolveBinding(binding);
    await this.#change((rows) => bind(rows, resolved, this.session.current));
  }

  /** Removes a binding; one that is not there is no fault. @throws as `bind` */
  async unbind(binding: NewBinding): Promise<void> {
    const resolved = resolveBinding(binding);
    await this.#change((rows) => unbind(rows, resolved, this.session.current));
  }

  /** Exchanges, bindings and queues as a Mermaid flowchart. */
  async graph(): Promise<string> {
    await this.router.refresh();
    return topologyGraph(this.router.topology);
  }

  async #change<Result>(change: (rows: TopologyRows) => Promise<Result>): Promise<Result> {
    this.used();
    const result = await this.engine.topology.changeTopology(change);
    await this.router.refresh();
    return result;
  }

  async #findExchange(name: string): Promise<Exchange | undefined> {
    await this.router.ready();
    if (this.router.topology.exchange(name) === undefined) await this.router.refresh();
    return this.router.topology.exchange(name);
  }

  /** @throws UnknownQueue (`BUS_UNKNOWN_QUEUE`), ResourceLocked (`BUS_RESOURCE_LOCKED`) */
  protected async accessible(name: string): Promise<Queue> {
    await this.router.refresh();
    const queue = this.router.topology.queues.get(name);
    if (queue === undefined) throw new UnknownQueue(name);
    checkOwner(queue, this.session.current);
    return queue;
  }
}
