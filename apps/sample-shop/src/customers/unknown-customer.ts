import { AnnalsError } from '@annals/message';

/** Nobody with this id has ordered anything. */
export class UnknownCustomer extends AnnalsError {
  readonly code = 'SHOP_UNKNOWN_CUSTOMER';

  constructor(customer: string) {
    super(`There is no customer ${customer}`);
  }
}
