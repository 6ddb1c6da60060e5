import { AnnalsError } from '@annals/message';

/** A binding that no exchange of its kind can have; nothing was changed. */
export class InvalidBinding extends AnnalsError {
  readonly code = 'BUS_INVALID_BINDING';

  /** @param fault what is wrong, as the end of a sentence that begins with the binding */
  constructor(fault: string) {
    super(`The binding cannot be: ${fault}`);
  }
}
