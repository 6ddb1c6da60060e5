import { AnnalsError } from '@annals/message';
import type { ErrorCode } from '@annals/message';

/** The rejection of a command that was sent before, with the code and the words of the first one. */
export class RejectedBefore extends AnnalsError {
  /**
   * @param code of the first rejection
   * @param details its own fields, as JSON has them
   */
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: unknown,
  ) {
    super(message);
  }
}
