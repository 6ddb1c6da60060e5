import { AsyncLocalStorage } from 'node:async_hooks';
import type { Execution } from './pipeline/stage.js';

/** How the next command is to be executed. */
export interface CommandOptions {
  /**
   * 1 to 255 characters that name the command, for a command that may be sent more than once: with a ledger it takes effect
   * once, and each sender gets the same answer. An `Idempotency-Key`, the id of a message.
   */
  readonly commandId?: string;
  /** Milliseconds it may take. */
  readonly timeoutMs?: number;
  /** Aborts when nobody waits for the outcome any more. */
  readonly signal?: AbortSignal;
}

/** What surrounds the calling code: options for the next command, or the command whose handler it is in. */
interface Surrounding {
  readonly options?: CommandOptions;
  readonly execution?: Execution;
}

const surrounding = new AsyncLocalStorage<Surrounding>();

/**
 * Executes commands with options: `withCommand({ commandId }, () => commands.execute(new PlaceOrder(…)))`. They go for the
 * commands executed in `work` itself, not for those that their handlers execute.
 * @returns what `work` returns
 */
export const withCommand = <Result>(options: CommandOptions, work: () => Result): Result =>
  surrounding.run({ options }, work);

/** The options of the command that the calling code executes now. */
export const commandOptions = (): CommandOptions => surrounding.getStore()?.options ?? {};

/** Runs a handler, whose own commands have no options yet. */
export const inExecution = <Result>(execution: Execution, work: () => Result): Result =>
  surrounding.run({ execution }, work);

/** The command or query whose handler the calling code is in: its id, its `signal`, which attempt it is. */
export const currentExecution = (): Execution | undefined => surrounding.getStore()?.execution;
