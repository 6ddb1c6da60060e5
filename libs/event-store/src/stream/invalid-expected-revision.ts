import { AnnalsError } from '@annals/message';

/** An expectation that no stream can meet, because it is none; nothing was written. */
export class InvalidExpectedRevision extends AnnalsError {
  readonly code = 'STORE_INVALID_EXPECTED_REVISION';

  constructor(
    readonly stream: string,
    readonly expected: unknown,
  ) {
    super(
      `The revision expected of stream ${stream} is ${typeof expected} ${String(expected)}: give a whole number from 0 ` +
        "to 2^53 - 1, 'no-stream', 'stream-exists' or 'any'",
    );
  }
}
