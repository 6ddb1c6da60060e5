import { AnnalsError } from '@annals/message';

/** A token of another log, or of a state that this log has not reached: nothing that could be read would be right. */
export class CheckpointAhead extends AnnalsError {
  readonly code = 'STORE_CHECKPOINT_AHEAD';

  /** @param because which of the two it is, in words */
  constructor(because: string) {
    super(
      `The checkpoint token does not fit this log: ${because}. After a restore, readers outside the database must start over`,
    );
  }
}
