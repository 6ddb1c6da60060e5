import { AnnalsError } from '@annals/message';

/** More units would come back than the order still has. */
export class ReturnRefused extends AnnalsError {
  readonly code = 'SHOP_RETURN_REFUSED';

  /** @param faults one for each line of the order at fault, in words */
  constructor(
    readonly number: string,
    readonly faults: readonly string[],
  ) {
    super(`Order ${number} cannot take these units back: ${faults.join('; ')}`);
  }
}
