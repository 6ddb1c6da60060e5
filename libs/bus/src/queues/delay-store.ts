import type { Routed } from './queue-store.js';

/** A message that is not to be routed yet. */
export interface DelayedMessage {
  /** Of the message. */
  readonly id: string;
  readonly envelope: string;
  readonly body: string;
}

/** Where messages wait that are not to be routed yet. */
export abstract class DelayStore {
  /**
   * Keeps a message until it is due.
   * @param connection the engine's, with a transaction open that it is part of; undefined for none
   * @returns false when one of this id waits already: nothing was added
   */
  abstract add(message: DelayedMessage, delayMs: number, connection?: unknown): Promise<boolean>;

  /** @returns false when it is not there, or was routed already */
  abstract cancel(id: string): Promise<boolean>;

  /**
   * Routes messages that are due, and forgets them, both or neither.
   * @returns how many, or 'stale' when the topology has changed: then nothing was done
   */
  abstract promote(
    most: number,
    route: (due: readonly DelayedMessage[]) => readonly Routed[],
    version: number,
  ): Promise<number | 'stale'>;
}
