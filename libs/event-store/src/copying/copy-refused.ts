import { AnnalsError } from '@annals/message';

/** A copy that cannot be begun or gone on with. What was copied before is there. */
export class CopyRefused extends AnnalsError {
  readonly code = 'STORE_COPY_REFUSED';

  /** @param fault what is wrong and what to do */
  constructor(fault: string, cause?: unknown) {
    super(`The store cannot be copied: ${fault}`, { cause });
  }
}
