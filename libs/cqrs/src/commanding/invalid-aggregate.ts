import { AnnalsError } from '@annals/message';

/** An aggregate's declaration that cannot work; a fault of the program, found when it starts. */
export class InvalidAggregate extends AnnalsError {
  readonly code = 'CQRS_INVALID_AGGREGATE';
}
