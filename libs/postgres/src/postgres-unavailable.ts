import { AnnalsError } from '@annals/message';

/** The server could not be reached, or the connection broke; whether a statement in flight took effect is unknown. */
export class PostgresUnavailable extends AnnalsError {
  readonly code = 'POSTGRES_UNAVAILABLE';
  override readonly retryable = true;
}
