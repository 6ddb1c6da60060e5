import { createHash } from 'node:crypto';
import type { Enrolment, UnitOfWork } from '@annals/log';
import { AnnalsError, hasCode } from '@annals/message';
import type { ErrorCode } from '@annals/message';
import { CommandIdReused } from '../command-id-reused.js';
import type { CommandLedger, LedgerEntry, Outcome } from '../command-ledger.js';
import { InvalidCommandId } from '../invalid-command-id.js';
import { RejectedBefore } from '../rejected-before.js';
import type { Execute, Execution, Stage } from './stage.js';

/** What commands with ids are executed with. */
export interface LedgerParts {
  readonly ledger: CommandLedger;
  readonly unitOfWork: UnitOfWork;
  /** Whether an error is an answer, which goes for every sending of the command, and no accident. */
  readonly isRejection: (error: unknown) => boolean;
}

const MOST_CHARACTERS = 255;
const OWN = /^(MESSAGE|POSTGRES|LOG|STORE|BUS|CQRS|SAGA)_/;
const ANSWERS: readonly string[] = ['CQRS_AGGREGATE_NOT_FOUND', 'STORE_STREAM_CLOSED'];

/**
 * An application's own AnnalsError that is not retryable, an aggregate that does not exist, a stream that is closed: what the
 * domain says. All else, as a lost connection or a bug, may end differently the next time.
 */
export const isDomainRejection = (error: unknown): boolean =>
  error instanceof AnnalsError && !error.retryable && (!OWN.test(error.code) || ANSWERS.includes(error.code));

/**
 * Has a command with an id take effect once. Its handler runs in a unit of work, whose flush also writes the outcome; a
 * rejection is written by itself. Whoever sends the command again, at the same time or later, in this process or another,
 * gets the outcome that was written. Commands without an id, and queries, pass.
 * @throws CommandIdReused (`CQRS_COMMAND_ID_REUSED`), InvalidCommandId (`CQRS_INVALID_COMMAND_ID`), RejectedBefore with the
 *   code of the first rejection
 */
export const commandLedger =
  ({ ledger, unitOfWork, isRejection }: LedgerParts): Stage =>
  (next) =>
  (execution) =>
    execution.kind === 'query' || execution.commandId === undefined
      ? next(execution)
      : once(next, execution, execution.commandId, { ledger, unitOfWork, isRejection });

async function once(
  next: Execute,
  execution: Execution,
  commandId: string,
  { ledger, unitOfWork, isRejection }: LedgerParts,
): Promise<unknown> {
  const sent = sentOf(execution, commandId);
  const known = await ledger.find(commandId);
  if (known !== undefined) return answer(known, sent);
  try {
    return await inUnit(next, execution, sent, { ledger, unitOfWork });
  } catch (error) {
    // Whatever it is, if the command took effect elsewhere meanwhile, that is the answer.
    const meanwhile = hasCode(error, 'LOG_UNAVAILABLE') ? undefined : await ledger.find(commandId);
    if (meanwhile !== undefined) return answer(meanwhile, sent);
    if (!isRejection(error)) throw error;
    const recorded = await ledger.record({ ...sent, outcome: rejectionOf(error) });
    if (isOwn(recorded, error)) throw error;
    return answer(recorded, sent);
  }
}

/** The command as it was sent. */
type Sent = Omit<LedgerEntry, 'outcome'>;

async function inUnit(
  next: Execute,
  execution: Execution,
  sent: Sent,
  { ledger, unitOfWork }: Pick<LedgerParts, 'ledger' | 'unitOfWork'>,
): Promise<unknown> {
  const { result } = await unitOfWork.run(async () => {
    const unit = unitOfWork.current() as Enrolment;
    const value = await next(execution);
    // Whoever waits has been told that it is over: it must not take effect any more.
    unit.beforeFlush(execution, () => {
      execution.signal.throwIfAborted();
      return Promise.resolve();
    });
    ledger.enrol(unit, { ...sent, outcome: { kind: 'result', value } });
    return value;
  });
  return result;
}

/** @throws the rejection, if that is the outcome */
function answer({ commandId, name, digest, outcome }: LedgerEntry, sent: Sent): unknown {
  if (name !== sent.name || digest !== sent.digest) throw new CommandIdReused(commandId, name, sent.name);
  if (outcome.kind === 'result') return outcome.value;
  throw new RejectedBefore(outcome.code as ErrorCode, outcome.message, outcome.details);
}

function sentOf({ message }: Execution, commandId: string): Sent {
  if (commandId.length === 0 || commandId.length > MOST_CHARACTERS) throw new InvalidCommandId(commandId);
  const { name } = message.constructor;
  const fields = JSON.stringify(message, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  return { commandId, name, digest: createHash('sha256').update(fields).digest('base64url') };
}

function rejectionOf(error: unknown): Outcome {
  if (!(error instanceof Error))
    return { kind: 'rejection', code: 'ERROR_UNKNOWN', message: String(error), details: {} };
  const { code = 'ERROR_UNKNOWN', ...details } = error as Error & { readonly code?: string };
  const plain = Object.fromEntries(Object.entries(details).filter(([key]) => !HIDDEN.includes(key)));
  return { kind: 'rejection', code, message: error.message, details: plain };
}

const HIDDEN: readonly string[] = ['name', 'cause', 'retryable', 'message', 'stack'];

const isOwn = ({ outcome }: LedgerEntry, error: unknown): boolean =>
  outcome.kind === 'rejection' && error instanceof Error && outcome.message === error.message;
