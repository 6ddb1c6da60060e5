import { AnnalsError } from '@annals/message';

/** A personal value that its key does not open: it has been tampered with, or the key is another. Not the same as shredded. */
export class PersonalDataUnreadable extends AnnalsError {
  readonly code = 'STORE_PERSONAL_DATA_UNREADABLE';

  constructor(
    readonly stream: string,
    readonly revision: number,
    readonly field: string,
    cause: unknown,
  ) {
    super(`Field ${field} of event ${revision} of stream ${stream} cannot be decrypted with the key it names`, {
      cause,
    });
  }
}
