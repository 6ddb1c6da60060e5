import { AnnalsError } from '@annals/message';

/** A command or query took too long. Whether a command without an id took effect is unknown: ask before it is sent again. */
export class DeadlineExceeded extends AnnalsError {
  readonly code = 'CQRS_DEADLINE_EXCEEDED';
  override readonly retryable = true;

  /** @param message the class of the command or query @param timeoutMs what was allowed, milliseconds */
  constructor(
    readonly messageName: string,
    readonly timeoutMs: number,
  ) {
    super(
      `${messageName} has not ended within ${timeoutMs} ms: its handler was told by the signal of currentExecution()`,
    );
  }
}
