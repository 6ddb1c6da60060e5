import { AnnalsError } from '@annals/message';

/** A projection has passed an event without handling it: it was skipped, or waits with others of its key. */
export class ProjectionSetAside extends AnnalsError {
  readonly code = 'CQRS_PROJECTION_SET_ASIDE';

  /**
   * @param projection name and version
   * @param stream of the event
   * @param key that `Projections.release` takes
   * @param failure what the first event of the key ended with
   */
  constructor(
    readonly projection: string,
    readonly stream: string,
    readonly key: string,
    readonly failure: string,
  ) {
    super(
      `Projection ${projection} has set an event of ${stream} aside, so its read model lacks it (${failure}): mend the cause ` +
        `and release the key ${JSON.stringify(key)}`,
    );
  }
}
