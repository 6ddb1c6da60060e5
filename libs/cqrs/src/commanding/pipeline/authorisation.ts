import { NotAuthorised } from '../not-authorised.js';
import type { Execution, Stage } from './stage.js';

/** Whether a command or query may go to its handler. It may throw an error of its own instead. */
export type Authorise = (execution: Execution) => boolean | Promise<boolean>;

/**
 * Asks the application before a handler is called.
 * @throws NotAuthorised (`CQRS_NOT_AUTHORISED`), and what `authorise` throws
 */
export const authorisation =
  (authorise: Authorise): Stage =>
  (next) =>
  async (execution) => {
    if (!(await authorise(execution))) throw new NotAuthorised(execution.message.constructor.name);
    return next(execution);
  };
