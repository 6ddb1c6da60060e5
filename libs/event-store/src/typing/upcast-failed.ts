import { AnnalsError, messageOf } from '@annals/message';

/** An upcaster threw, or gave something else than an object, for a stored event. */
export class UpcastFailed extends AnnalsError {
  readonly code = 'STORE_UPCAST_FAILED';

  /** @param version that the failed step lifts from */
  constructor(
    readonly stream: string,
    readonly revision: number,
    readonly type: string,
    readonly version: number,
    cause: unknown,
  ) {
    const why = messageOf(cause);
    super(
      `Event ${revision} of stream ${stream} is "${type}": its upcaster from version ${version} to ${version + 1} failed ` +
        `(${why}). Mend it, and keep the event as a fixture`,
      { cause },
    );
  }
}
