import { AnnalsError } from '@annals/message';

/** No reply came in time. Whether the request was handled is not known. */
export class RequestTimedOut extends AnnalsError {
  readonly code = 'BUS_REQUEST_TIMED_OUT';
  override readonly retryable = true;

  constructor(
    readonly exchange: string,
    readonly routingKey: string,
    readonly timeoutMs: number,
  ) {
    super(
      `No reply to the request by "${exchange}" with key "${routingKey}" came within ${timeoutMs} ms: it may be handled all the same`,
    );
  }
}
