import { AnnalsError } from '@annals/message';

/** A projection cannot be rebuilt, or not be switched back, as things are. Nothing has been changed. */
export class RebuildRefused extends AnnalsError {
  readonly code = 'CQRS_REBUILD_REFUSED';

  /** @param projection name and version @param why what stands in the way, and what to do */
  constructor(
    readonly projection: string,
    why: string,
  ) {
    super(`Projection ${projection} cannot be rebuilt or switched: ${why}`);
  }
}
