import { AnnalsError } from '@annals/message';

/** A subscription that cannot be; nothing was started. */
export class InvalidSubscription extends AnnalsError {
  readonly code = 'BUS_INVALID_SUBSCRIPTION';

  /** @param faults each the end of a sentence that begins with the subscription */
  constructor(
    readonly group: string,
    faults: readonly string[],
  ) {
    super(`The subscription of group ${JSON.stringify(group)} cannot be: ${faults.join('; ')}`);
  }
}
