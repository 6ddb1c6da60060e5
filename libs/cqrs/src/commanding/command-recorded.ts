import { AnnalsError } from '@annals/message';

/** The same command took effect in another unit of work meanwhile; this one's was undone. Its answer is in the ledger. */
export class CommandRecorded extends AnnalsError {
  readonly code = 'CQRS_COMMAND_RECORDED';
  override readonly retryable = true;

  /** @param commandId of the command */
  constructor(readonly commandId: string) {
    super(`Command ${commandId} has taken effect in another unit of work: look up its answer`);
  }
}
