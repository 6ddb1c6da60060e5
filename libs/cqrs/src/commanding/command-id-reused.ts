import { AnnalsError } from '@annals/message';

/** A command carries the id of another one that took effect: an id names one command for ever. */
export class CommandIdReused extends AnnalsError {
  readonly code = 'CQRS_COMMAND_ID_REUSED';

  /** @param commandId of both @param recorded the class of the one that took effect @param given the class of this one */
  constructor(
    readonly commandId: string,
    readonly recorded: string,
    readonly given: string,
  ) {
    super(
      `Command id ${commandId} belongs to a ${recorded} with other fields than this ${given}: give each command an id of its own`,
    );
  }
}
