import { AnnalsError } from '@annals/message';

/** A command id that cannot be one. */
export class InvalidCommandId extends AnnalsError {
  readonly code = 'CQRS_INVALID_COMMAND_ID';

  /** @param commandId as it was given */
  constructor(readonly commandId: string) {
    super(`A command id has 1 to 255 characters, this one ${commandId.length}`);
  }
}
