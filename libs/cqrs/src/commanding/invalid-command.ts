import { AnnalsError } from '@annals/message';
import { describeFaults } from './pipeline/fault.js';
import type { Fault } from './pipeline/fault.js';

/** A command that its class-validator decorators refuse; its handler was not called. */
export class InvalidCommand extends AnnalsError {
  readonly code = 'CQRS_INVALID_COMMAND';

  /**
   * @param command the name of its class
   * @param faults all of them, each with its path
   */
  constructor(
    readonly command: string,
    readonly faults: readonly Fault[],
  ) {
    super(`${command} is not valid: ${describeFaults(faults)}`);
  }
}
