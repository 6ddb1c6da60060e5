import { AnnalsError } from '@annals/message';

/** The handler of a request answered with an error, whose code and message these are. */
export class RequestFailed extends AnnalsError {
  readonly code = 'BUS_REQUEST_FAILED';

  constructor(
    readonly reason: string,
    readonly reasonCode: string | undefined,
  ) {
    super(`The request was answered with an error${reasonCode === undefined ? '' : ` (${reasonCode})`}: ${reason}`);
  }
}
