import { AnnalsError } from '@annals/message';

/**
 * A transaction of a projection did not end in time, as when a handler waits for something that never comes. The
 * projection stops in this process; the database ends the transaction, and another process may take over.
 */
export class ProjectionStuck extends AnnalsError {
  readonly code = 'CQRS_PROJECTION_STUCK';

  /** @param projection name and version @param maxTransactionMs what was allowed, milliseconds */
  constructor(
    readonly projection: string,
    readonly maxTransactionMs: number,
  ) {
    super(
      `Projection ${projection} has not finished a transaction within ${maxTransactionMs} ms: look for a handler that waits ` +
        'without end, or raise maxTransactionMs',
    );
  }
}
