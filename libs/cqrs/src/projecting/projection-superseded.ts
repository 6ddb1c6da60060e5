import { AnnalsError } from '@annals/message';

/** Another process owns the projection by now; what this one's transaction wrote was rolled back. */
export class ProjectionSuperseded extends AnnalsError {
  readonly code = 'CQRS_PROJECTION_SUPERSEDED';
  override readonly retryable = true;

  /** @param projection name and version @param generation of the ownership that has ended */
  constructor(
    readonly projection: string,
    readonly generation: number,
  ) {
    super(`Projection ${projection} has a new owner: generation ${generation} may no longer write`);
  }
}
