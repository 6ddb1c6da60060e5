import { AnnalsError } from '@annals/message';

/** A unit of work was to join a transaction that is not open, or not of its DataSource. */
export class NoTransaction extends AnnalsError {
  readonly code = 'STORE_NO_TRANSACTION';

  constructor() {
    super(
      'There is no open transaction to join: pass the EntityManager that dataSource.transaction() hands out, ' +
        'of the DataSource that the event store was given',
    );
  }
}
