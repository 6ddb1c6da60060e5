import { AnnalsError } from '@annals/message';

/** A decision inside a decision: it would wait for a stream whose turn may never come. Nothing was written. */
export class NestedUpdate extends AnnalsError {
  readonly code = 'STORE_NESTED_UPDATE';

  constructor(
    readonly stream: string,
    readonly inside: string,
  ) {
    super(
      `Stream ${stream} cannot be updated while a decision on stream ${inside} is being made: decide first, then update ` +
        'the other, or change both in one unit of work',
    );
  }
}
