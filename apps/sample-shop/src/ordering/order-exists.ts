import { AnnalsError } from '@annals/message';

/** An order with this number is on record with other contents. It stays as it is. */
export class OrderExists extends AnnalsError {
  readonly code = 'SHOP_ORDER_EXISTS';

  constructor(readonly number: string) {
    super(`Order ${number} is on record with other contents, and stays as it is: give the new one another number`);
  }
}
