import { AnnalsError } from '@annals/message';

/** The application's `authorise` said no to a command or query; its handler was not called. */
export class NotAuthorised extends AnnalsError {
  readonly code = 'CQRS_NOT_AUTHORISED';

  /** @param messageName the class of the command or query */
  constructor(readonly messageName: string) {
    super(`${messageName} is not allowed here`);
  }
}
