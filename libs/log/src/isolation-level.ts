import { AnnalsError } from '@annals/message';

/** The transaction's snapshot is older than the log's lock, so it could neither see the last offset nor the last revision. */
export class IsolationLevel extends AnnalsError {
  readonly code = 'LOG_ISOLATION_LEVEL';

  constructor(
    readonly level: string,
    cause?: unknown,
  ) {
    super(`The log cannot be appended to at isolation level "${level}": open the transaction at READ COMMITTED`, cause);
  }
}
