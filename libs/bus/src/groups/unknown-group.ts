import { AnnalsError } from '@annals/message';

/** No group has this name. */
export class UnknownGroup extends AnnalsError {
  readonly code = 'BUS_UNKNOWN_GROUP';

  constructor(readonly group: string) {
    super(`There is no group "${group}": a subscription makes it, or check its name`);
  }
}
