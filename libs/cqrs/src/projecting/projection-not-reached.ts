import { AnnalsError } from '@annals/message';

/** A projection did not get to a checkpoint in time. */
export class ProjectionNotReached extends AnnalsError {
  readonly code = 'CQRS_PROJECTION_NOT_REACHED';
  override readonly retryable = true;

  /**
   * @param projection name and version
   * @param timeoutMs how long was waited, milliseconds
   * @param missing events to go, by partition
   * @param why what is known of the reason
   */
  constructor(
    readonly projection: string,
    readonly timeoutMs: number,
    readonly missing: Readonly<Record<number, number>>,
    why: string,
  ) {
    const places = Object.entries(missing).map(([partition, events]) => `${events} in partition ${partition}`);
    super(
      `Projection ${projection} did not get there within ${timeoutMs} ms, events to go: ${places.join(', ')}; ${why}`,
    );
  }
}
