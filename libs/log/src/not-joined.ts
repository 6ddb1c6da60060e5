import { AnnalsError } from '@annals/message';

/** An append inside a transaction that no unit of work has joined; nothing was written. */
export class NotJoined extends AnnalsError {
  readonly code = 'STORE_NOT_JOINED';

  constructor() {
    super(
      'An append inside a TypeORM transaction would commit by itself and survive a rollback: ' +
        'use unitOfWork.run(work), or unitOfWork.join(manager, work) inside this transaction',
    );
  }
}
