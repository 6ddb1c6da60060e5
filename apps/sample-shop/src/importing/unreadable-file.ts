import { AnnalsError } from '@annals/message';

/**
 * The file is missing, is no readable gzip, or lacks the header: nothing of it can be imported, and nothing was. The
 * command line answers with exit code 2.
 */
export class UnreadableFile extends AnnalsError {
  readonly code = 'SHOP_UNREADABLE_FILE';

  /**
   * @param path the file as the caller named it
   * @param fault what is wrong with it, and what to do
   * @param cause what was caught, if anything
   */
  constructor(
    readonly path: string,
    fault: string,
    cause?: unknown,
  ) {
    super(`Cannot import ${path}: ${fault}`, cause);
  }
}
