import { isDeepStrictEqual } from 'node:util';
import { InUse } from '../queues/in-use.js';
import { InvalidQueue } from '../queues/invalid-queue.js';
import { DEAD_LETTERS, DEAD_LETTERS_CONFIG } from '../queues/queue.js';
import type { Queue, QueueConfig } from '../queues/queue.js';
import { ResourceLocked } from '../queues/resource-locked.js';
import { UnknownQueue } from '../queues/unknown-queue.js';
import type { Binding } from './binding.js';
import { DEFAULT_EXCHANGE } from './exchange.js';
import type { Exchange } from './exchange.js';
import { InvalidBinding } from './invalid-binding.js';
import { InvalidExchange } from './invalid-exchange.js';
import type { TopologyRows } from './topology-store.js';
import { UnknownExchange } from './unknown-exchange.js';

/** Deleting only what nobody needs. */
export interface DeleteOptions {
  /** Only without bindings, or without consumers. @default false */
  readonly ifUnused?: boolean;
  /** Only a queue without messages. @default false */
  readonly ifEmpty?: boolean;
}

const isReserved = (name: string): boolean => name === DEFAULT_EXCHANGE || name.startsWith('amq.');

/** What differs between what is there and what is asked for. */
function differences<Config extends object>(there: Config, wanted: Config): string[] {
  return Object.entries(wanted).flatMap(([option, value]) => {
    const is = there[option as keyof Config];
    return isDeepStrictEqual(is, value)
      ? []
      : [`it is there already with ${option} ${JSON.stringify(is)}, not ${JSON.stringify(value)}`];
  });
}

/** An exchange that is there as it is wanted stays (AMQP). @throws InvalidExchange (`BUS_INVALID_EXCHANGE`) when it is another */
export async function declareExchange(rows: TopologyRows, wanted: Exchange): Promise<void> {
  const there = await rows.findExchange(wanted.name);
  if (there === undefined) return rows.addExchange(wanted);
  const faults = differences(there.config, wanted.config);
  if (faults.length > 0) throw new InvalidExchange(wanted.name, faults);
}

/** One that is not there is no fault (RabbitMQ). @throws InvalidExchange (`BUS_INVALID_EXCHANGE`), InUse (`BUS_IN_USE`) */
export async function deleteExchange(rows: TopologyRows, name: string, { ifUnused }: DeleteOptions): Promise<void> {
  if (isReserved(name)) throw new InvalidExchange(name, ['it is always there, and cannot be deleted']);
  if ((await rows.findExchange(name)) === undefined) return;
  if (ifUnused === true && (await rows.bindingsFrom(name)).length > 0) {
    throw new InUse(`Exchange "${name}"`, 'bindings lead from it');
  }
  const sources = await rows.bindingsTo({ kind: 'exchange', name });
  await rows.removeExchange(name);
  await removeUnbound(rows, sources);
}

/**
 * A queue that is there as it is wanted stays, and counts as used (AMQP).
 * @param session who declares it; whoever has none cannot have exclusive queues
 * @param mayLack whether its dead-letter exchange may not be there
 * @throws InvalidQueue (`BUS_INVALID_QUEUE`), ResourceLocked (`BUS_RESOURCE_LOCKED`), UnknownExchange (`BUS_UNKNOWN_EXCHANGE`)
 */
export async function declareQueue(
  rows: TopologyRows,
  name: string,
  config: QueueConfig,
  session: string | undefined,
  mayLack: boolean,
): Promise<Queue> {
  const there = await rows.findQueue(name);
  if (there !== undefined) {
    checkOwner(there, session);
    const faults = differences(there.config, config);
    if (faults.length > 0) throw new InvalidQueue(name, faults);
    await rows.touchQueue(there);
    return there;
  }
  await ensureDeadLetters(rows, name, config, mayLack);
  return rows.addQueue(name, config, config.exclusive ? (session ?? null) : null);
}

async function ensureDeadLetters(
  rows: TopologyRows,
  name: string,
  { deadLetterExchange, deadLetterRoutingKey }: QueueConfig,
  mayLack: boolean,
): Promise<void> {
  if (deadLetterExchange === null) return;
  if (deadLetterExchange !== DEFAULT_EXCHANGE) {
    if (!mayLack && (await rows.findExchange(deadLetterExchange)) === undefined)
      throw new UnknownExchange(deadLetterExchange);
    return;
  }
  const key = deadLetterRoutingKey ?? name;
  if (key === name || (await rows.findQueue(key)) !== undefined) return;
  if (key === DEAD_LETTERS) await rows.addQueue(DEAD_LETTERS, DEAD_LETTERS_CONFIG, null);
  else if (!mayLack) throw new UnknownQueue(key);
}

/** One that is not there is no fault (RabbitMQ). @returns the messages that went with it */
export async function deleteQueue(
  rows: TopologyRows,
  name: string,
  { ifUnused, ifEmpty }: DeleteOptions,
  session: string | undefined,
): Promise<number> {
  const queue = await rows.findQueue(name);
  if (queue === undefined) return 0;
  checkOwner(queue, session);
  const state = await rows.stateOf(queue);
  if (ifUnused === true && state.consumers > 0)
    throw new InUse(`Queue "${name}"`, `it has ${state.consumers} consumers`);
  const messages = state.ready + state.waiting + state.unacked;
  if (ifEmpty === true && messages > 0) throw new InUse(`Queue "${name}"`, `it has ${messages} messages`);
  await removeQueue(rows, queue);
  return state.ready + state.waiting;
}

/** Removes a queue with all that leads to it, if it is to go. */
export async function removeUnused(rows: TopologyRows, name: string): Promise<void> {
  const queue = await rows.findQueue(name);
  if (queue !== undefined && (await rows.isUnused(queue))) await removeQueue(rows, queue);
}

async function removeQueue(rows: TopologyRows, queue: Queue): Promise<void> {
  const sources = await rows.bindingsTo({ kind: 'queue', name: queue.name });
  await rows.removeQueue(queue);
  await removeUnbound(rows, sources);
}

/** The same binding twice is one (AMQP). @throws InvalidBinding (`BUS_INVALID_BINDING`), UnknownExchange, UnknownQueue, ResourceLocked */
export async function bind(rows: TopologyRows, binding: Binding, session: string | undefined): Promise<void> {
  await checkEnds(rows, binding, session);
  await rows.addBinding(binding);
}

/** One that is not there is no fault (RabbitMQ). @throws InvalidBinding (`BUS_INVALID_BINDING`), UnknownExchange, UnknownQueue, ResourceLocked */
export async function unbind(rows: TopologyRows, binding: Binding, session: string | undefined): Promise<void> {
  await checkEnds(rows, binding, session);
  await rows.removeBinding(binding);
  await removeUnbound(rows, [binding]);
}

async function checkEnds(
  rows: TopologyRows,
  { source, destination }: Binding,
  session: string | undefined,
): Promise<void> {
  if (source === DEFAULT_EXCHANGE || (destination.kind === 'exchange' && destination.name === DEFAULT_EXCHANGE)) {
    throw new InvalidBinding('the default exchange has its own bindings, and no others');
  }
  if ((await rows.findExchange(source)) === undefined) throw new UnknownExchange(source);
  if (destination.kind === 'exchange') {
    if ((await rows.findExchange(destination.name)) === undefined) throw new UnknownExchange(destination.name);
    return;
  }
  const queue = await rows.findQueue(destination.name);
  if (queue === undefined) throw new UnknownQueue(destination.name);
  checkOwner(queue, session);
}

/** Auto-delete exchanges go with their last binding, and what leads to them with them. */
async function removeUnbound(rows: TopologyRows, gone: readonly Binding[]): Promise<void> {
  for (const name of new Set(gone.map(({ source }) => source))) {
    const exchange = await rows.findExchange(name);
    if (exchange?.config.autoDelete !== true || (await rows.bindingsFrom(name)).length > 0) continue;
    const sources = await rows.bindingsTo({ kind: 'exchange', name });
    await rows.removeExchange(name);
    await removeUnbound(rows, sources);
  }
}

/** @throws ResourceLocked (`BUS_RESOURCE_LOCKED`) */
export function checkOwner({ name, owner }: Queue, session: string | undefined): void {
  if (owner !== null && owner !== session) throw new ResourceLocked(name, 'it is exclusive to another process');
}
