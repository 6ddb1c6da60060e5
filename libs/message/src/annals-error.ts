/** A stable name of an error: the lib, an underscore, the fault, as in `STORE_WRONG_EXPECTED_REVISION`. */
export type ErrorCode = `${Uppercase<string>}_${Uppercase<string>}`;

/**
 * What every error of Annals is. Callers tell errors apart by `code`, never by `instanceof`: two copies of a package in
 * one process have two classes, but one code. All codes stand in `docs/errors.md`.
 */
export abstract class AnnalsError extends Error {
  abstract readonly code: ErrorCode;
  /** True when the same call may succeed later, or with state read afresh. */
  readonly retryable: boolean = false;

  /**
   * @param message the values at fault, and what to do
   * @param cause what was caught, if anything
   */
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
  }
}

/** Whether `error` is the error of Annals that `code` names, from whichever copy of the package it comes. */
export function hasCode(error: unknown, code: ErrorCode): error is AnnalsError {
  return error instanceof Error && 'code' in error && error.code === code;
}
