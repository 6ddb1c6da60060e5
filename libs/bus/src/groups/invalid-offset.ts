import { AnnalsError } from '@annals/message';

/** An offset that a cursor cannot have; nothing was changed. */
export class InvalidOffset extends AnnalsError {
  readonly code = 'BUS_INVALID_OFFSET';

  /** @param faults each names a partition and its offset */
  constructor(
    readonly group: string,
    faults: readonly string[],
  ) {
    super(`Group "${group}" cannot be set so: ${faults.join('; ')}`);
  }
}
