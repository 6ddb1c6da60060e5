import { AnnalsError } from '@annals/message';

/** A checkpoint that no log of this shape can have given out. */
export class InvalidCheckpoint extends AnnalsError {
  readonly code = 'LOG_INVALID_CHECKPOINT';
}
