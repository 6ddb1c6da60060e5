import { AnnalsError } from '@annals/message';

/** A projection's declaration that cannot work; a fault of the program, found when it starts. */
export class InvalidProjection extends AnnalsError {
  readonly code = 'CQRS_INVALID_PROJECTION';
}
