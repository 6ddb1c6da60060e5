import { AnnalsError, messageOf } from '@annals/message';
import type { StreamEvent } from '@annals/event-store';

/** A projection's handler threw; what it and the other handlers of the transaction wrote was rolled back. */
export class ProjectionFailed extends AnnalsError {
  readonly code = 'CQRS_PROJECTION_FAILED';

  /**
   * @param projection name and version, as in `order-summary v1`
   * @param event what the handler was given
   * @param place of the event in its batch, from 0
   * @param cause what the handler threw
   */
  constructor(
    readonly projection: string,
    readonly event: StreamEvent,
    readonly place: number,
    cause: unknown,
  ) {
    const { type, stream, revision, partition, offset } = event;
    const reason = messageOf(cause);
    super(
      `Projection ${projection} cannot handle ${type} (stream ${stream}, revision ${revision}` +
        `${offset === undefined ? '' : `, partition ${String(partition)}, offset ${offset}`}): ${reason}`,
      cause,
    );
  }
}
