import { AnnalsError } from '@annals/message';

/** A command carries an id, but nothing here could remember what became of it. */
export class NoLedger extends AnnalsError {
  readonly code = 'CQRS_NO_LEDGER';

  /** @param commandId of the command */
  constructor(readonly commandId: string) {
    super(
      `Command ${commandId} has an id, but there is no ledger: import EventStoreModule, which brings a unit of work`,
    );
  }
}
