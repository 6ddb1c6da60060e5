import { AsyncLocalStorage } from 'node:async_hooks';

/** An event that is being handed to sagas, and the commands it has led to. */
export interface Delivering {
  readonly eventId: string;
  readonly commands: Promise<unknown>[];
  /** How many commands of each class it has led to, for their ids. */
  readonly counts: Map<string, number>;
}

const surrounding = new AsyncLocalStorage<Delivering>();

/** The delivery that the calling code was called by. */
export const currentDelivery = (): Delivering | undefined => surrounding.getStore();

/**
 * Hands an event to whoever listens, and waits for the commands that they execute before they first wait themselves.
 * @throws what a command ended with: the event is to be handed over again
 */
export async function deliver(eventId: string, hand: () => void): Promise<void> {
  const delivering: Delivering = { eventId, commands: [], counts: new Map() };
  surrounding.run(delivering, hand);
  await Promise.all(delivering.commands);
}

/** The id of a command that a delivery leads to: the same when the event is handed over again. */
export function idInDelivery({ eventId, counts }: Delivering, command: object): string {
  const { name } = command.constructor;
  const count = (counts.get(name) ?? 0) + 1;
  counts.set(name, count);
  return `${eventId}/${name}/${count}`;
}

/** Runs a handler, whose own commands belong to it and to no delivery. */
export const outsideDelivery = <Result>(work: () => Result): Result =>
  surrounding.getStore() === undefined ? work() : surrounding.exit(work);
