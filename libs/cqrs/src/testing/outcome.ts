import { hasCode } from '@annals/message';
import type { ErrorCode } from '@annals/message';
import { capture } from '../commanding/event-sourced.js';
import type { EventSourced } from '../commanding/event-sourced.js';

/** An event as it is compared. */
export interface ComparedEvent {
  readonly type: string;
  readonly version: number;
  readonly data: unknown;
}

/** What the last step of a scenario led to. */
export interface Outcome<Subject extends EventSourced> {
  readonly events: readonly ComparedEvent[];
  /** Undefined unless the step was refused. */
  readonly refusal: { readonly error: unknown } | undefined;
  /** After all steps. */
  readonly state: Subject;
}

/** By what a step is refused: the class of the error, its code, a pattern for its message, or what must be true of it. */
export type Refusal = (abstract new (...given: never[]) => Error) | string | RegExp | ((error: unknown) => boolean);

/** Whether an error is the one that was expected. */
export function isRefusal(error: unknown, by: Refusal | undefined): boolean {
  if (by === undefined) return true;
  if (typeof by === 'string') return hasCode(error, by as ErrorCode) || (error as { code?: unknown }).code === by;
  if (by instanceof RegExp) return error instanceof Error && by.test(error.message);
  if (by.prototype instanceof Error || (by as unknown) === Error) return error instanceof (by as new () => Error);
  return (by as (error: unknown) => boolean)(error);
}

/** What can be compared of an outcome. */
export const describeOutcome = ({ events, refusal, state }: Outcome<EventSourced>): object => ({
  events,
  refusal: refusal && String(refusal.error),
  state: state[capture](),
});
