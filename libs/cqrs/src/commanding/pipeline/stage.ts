/** One command or query on its way to its handler. */
export interface Execution {
  readonly kind: 'command' | 'query';
  /** The command or query itself. */
  readonly message: object;
  /** Which execution of the handler this is, from 1; more than 1 only for commands. */
  readonly attempt: number;
  /** Names the command, so that it takes effect once however often it is sent; undefined: each sending is a command of its own. */
  readonly commandId: string | undefined;
  /** Aborts when nobody waits for the outcome any more, or its time is up. */
  readonly signal: AbortSignal;
  /** Milliseconds it may take; undefined: as long as it takes. */
  readonly timeoutMs: number | undefined;
}

/** What goes on with an execution: the next stage, and at last the handler. */
export type Execute = (execution: Execution) => Promise<unknown>;

/** Wraps what comes next. A stage that throws ends the execution; an error that it lets pass reaches the caller unchanged. */
export type Stage = (next: Execute) => Execute;

/** Puts stages around the handler; the first is the outermost. */
export const pipeline = (stages: readonly Stage[], handler: Execute): Execute =>
  stages.reduceRight((next, stage) => stage(next), handler);
