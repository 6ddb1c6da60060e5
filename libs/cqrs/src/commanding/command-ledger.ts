import type { Enrolment } from '@annals/log';

/** What became of a command: what its handler returned, or the rejection it ended with. */
export type Outcome =
  | { readonly kind: 'result'; readonly value: unknown }
  | { readonly kind: 'rejection'; readonly code: string; readonly message: string; readonly details: unknown };

/** A command that took effect. */
export interface LedgerEntry {
  readonly commandId: string;
  /** The class of the command. */
  readonly name: string;
  /** Of the command's fields: another command under the same id is a mistake. */
  readonly digest: string;
  readonly outcome: Outcome;
}

/** Remembers what became of commands, by their ids. An entry is written in the transaction of the command's events. */
export abstract class CommandLedger {
  /** What became of a command; undefined: it has not taken effect. */
  abstract find(commandId: string): Promise<LedgerEntry | undefined>;

  /**
   * Has an entry written by the flush of a unit of work. Should another have written one, the unit fails with
   * CommandRecorded (`CQRS_COMMAND_RECORDED`), and all it did is undone.
   */
  abstract enrol(unit: Enrolment, entry: LedgerEntry): void;

  /** Writes an entry by itself, unless there is one. @returns the one there is now */
  abstract record(entry: LedgerEntry): Promise<LedgerEntry>;

  /**
   * Forgets entries older than a time, so that the ledger does not grow for ever; the same id is a new command then.
   * @param beforeMs their age by the database's clock, milliseconds
   * @returns how many
   */
  abstract forget(beforeMs: number): Promise<number>;
}
