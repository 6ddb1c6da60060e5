import { AnnalsError } from '@annals/message';

/** The command line of the import names no such thing, or too much. Nothing was done; the exit code is 2. */
export class WrongCall extends AnnalsError {
  readonly code = 'SHOP_WRONG_CALL';
}
