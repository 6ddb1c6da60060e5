import { AnnalsError } from '@annals/message';

/**
 * The stored cursor is not where this owner believed it to be: an earlier COMMIT whose answer was lost had been carried
 * out. Nothing was written; the owner reads the cursor and goes on from there.
 */
export class ProjectionCursorMoved extends AnnalsError {
  readonly code = 'CQRS_PROJECTION_CURSOR_MOVED';
  override readonly retryable = true;

  constructor(readonly projection: string) {
    super(`The cursor of projection ${projection} is elsewhere than expected: read it again and go on from there`);
  }
}
