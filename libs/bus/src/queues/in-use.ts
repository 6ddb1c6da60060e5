import { AnnalsError } from '@annals/message';

/** What was to be deleted only if nobody needs it is needed (AMQP's 406 PRECONDITION_FAILED); nothing was changed. */
export class InUse extends AnnalsError {
  readonly code = 'BUS_IN_USE';

  constructor(what: string, reason: string) {
    super(`${what} is not deleted: ${reason}`);
  }
}
