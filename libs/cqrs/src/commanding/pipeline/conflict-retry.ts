import { retryOnConflict } from '../retry-on-conflict.js';
import type { ConflictRetryOptions } from '../retry-on-conflict.js';
import type { Stage } from './stage.js';

/**
 * Executes a command's handler again when it lost a race for a stream (`STORE_WRONG_EXPECTED_REVISION`). The handler
 * loads its aggregates itself, so it decides on fresh state. Queries pass.
 */
export const conflictRetry =
  (options: Required<ConflictRetryOptions>): Stage =>
  (next) =>
  (execution) =>
    execution.kind === 'query'
      ? next(execution)
      : retryOnConflict((attempt) => next(attempt === 1 ? execution : { ...execution, attempt }), options);
