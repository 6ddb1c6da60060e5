import { AnnalsError } from '@annals/message';
import { describeFaults } from '../commanding/pipeline/fault.js';
import type { Fault } from '../commanding/pipeline/fault.js';

/** A query that its class-validator decorators refuse; its handler was not called. */
export class InvalidQuery extends AnnalsError {
  readonly code = 'CQRS_INVALID_QUERY';

  /**
   * @param query the name of its class
   * @param faults all of them, each with its path
   */
  constructor(
    readonly query: string,
    readonly faults: readonly Fault[],
  ) {
    super(`${query} is not valid: ${describeFaults(faults)}`);
  }
}
