import { AnnalsError } from '@annals/message';

/** The database could not be reached, or a partition stayed locked by another; the same append with the same ids may be repeated. */
export class LogUnavailable extends AnnalsError {
  readonly code = 'LOG_UNAVAILABLE';
  override readonly retryable = true;
}
