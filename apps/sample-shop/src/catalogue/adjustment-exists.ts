import { AnnalsError } from '@annals/message';

/** An adjustment with this number is on record with other contents. It stays as it is. */
export class AdjustmentExists extends AnnalsError {
  readonly code = 'SHOP_ADJUSTMENT_EXISTS';

  constructor(readonly number: string) {
    super(`Adjustment ${number} is on record with other contents, and stays as it is: give the new one another number`);
  }
}
