import { AnnalsError } from '@annals/message';

/** `load` of an aggregate whose stream has no events. `find` answers undefined instead. */
export class AggregateNotFound extends AnnalsError {
  readonly code = 'CQRS_AGGREGATE_NOT_FOUND';

  constructor(
    readonly category: string,
    readonly id: string,
  ) {
    super(`There is no ${category} ${id}: stream ${category}-${id} has no events. Use find(id) where that may be`);
  }
}
