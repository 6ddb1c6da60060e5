import { AnnalsError } from '@annals/message';

/** A name that no projection of this process has. */
export class UnknownProjection extends AnnalsError {
  readonly code = 'CQRS_UNKNOWN_PROJECTION';

  /**
   * @param projection what was asked for
   * @param known the names there are
   */
  constructor(
    readonly projection: string,
    readonly known: readonly string[],
  ) {
    super(`There is no projection "${projection}" here; there are: ${known.length > 0 ? known.join(', ') : 'none'}`);
  }
}
