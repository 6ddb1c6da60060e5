import { AnnalsError } from '@annals/message';

/** A return with this number is on record with other contents. It stays as it is. */
export class ReturnExists extends AnnalsError {
  readonly code = 'SHOP_RETURN_EXISTS';

  constructor(readonly number: string) {
    super(`Return ${number} is on record with other contents, and stays as it is: give the new one another number`);
  }
}
