import { AnnalsError } from '@annals/message';

/** Personal data met a store that was given no key store. Nothing was written. */
export class NoKeyStore extends AnnalsError {
  readonly code = 'STORE_NO_KEY_STORE';

  /** @param what has personal data, as in `Event 1 of stream customer-1` */
  constructor(what: string) {
    super(`${what} has personal data, but the store was given no \`personal\`: a key store and a subject registry`);
  }
}
