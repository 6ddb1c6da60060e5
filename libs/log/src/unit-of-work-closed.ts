import { AnnalsError } from '@annals/message';

/** An append came after the unit of work had begun to flush; nothing was written by it. */
export class UnitOfWorkClosed extends AnnalsError {
  readonly code = 'STORE_UNIT_OF_WORK_CLOSED';

  constructor() {
    super('The unit of work has already been flushed: await every append inside the function given to run or join');
  }
}
