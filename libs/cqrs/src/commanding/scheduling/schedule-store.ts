import type { Enrolment } from '@annals/log';
import type { MissedPolicy, OverlapPolicy } from './recurring.js';

/** A command that is to be executed. */
export interface ScheduledEntry {
  /** Names the command: it takes effect once. */
  readonly id: string;
  /** The stored name of its class, or of its timetable. */
  readonly name: string;
  /** The command's fields as JSON; undefined for one that its timetable makes. */
  readonly fields: string | undefined;
  /** What goes with all it brings about, as JSON. */
  readonly metadata: string;
}

/** When a command falls due. */
export type DueAt = { readonly at: Date } | { readonly inMs: number };

/** A command that is due, and is this process's for some time. */
export interface ClaimedEntry extends ScheduledEntry {
  readonly due: Date;
  /** How often it has been claimed, this time included. */
  readonly attempt: number;
}

/** A command that waits, or that failed for good. */
export interface WaitingEntry extends ScheduledEntry {
  readonly due: Date;
  readonly attempts: number;
  /** What the last attempt ended with. */
  readonly failure: string | undefined;
  /** True: it is not tried again by itself. */
  readonly failed: boolean;
}

/** A timetable as it is stored. */
export interface Timetable {
  readonly name: string;
  readonly cron: string;
  readonly timeZone: string;
  readonly overlap: OverlapPolicy;
  readonly missed: MissedPolicy;
}

/** A timetable that has fallen due. */
export interface DueTimetable {
  readonly name: string;
  readonly due: Date;
  /** By the database's clock. */
  readonly now: Date;
  /** Occurrences that have not ended. */
  readonly unended: number;
}

/** What is to become of a timetable that has fallen due. */
export interface Occurrences {
  readonly due: readonly Date[];
  readonly next: Date | undefined;
  /** Whether they wait until those before them have ended. */
  readonly inTurn: boolean;
}

/** Where commands wait for their time. */
export abstract class ScheduleStore {
  /** Stores a command, in the unit of work if there is one. The same id again changes nothing. */
  abstract schedule(entry: ScheduledEntry, due: DueAt, unit: Enrolment | undefined): Promise<void>;

  /** @returns false when it does not wait any more */
  abstract cancel(id: string): Promise<boolean>;

  /** Takes commands that are due, each for `leaseMs`. @param names that this process can execute */
  abstract claim(names: readonly string[], most: number, leaseMs: number): Promise<readonly ClaimedEntry[]>;

  /** Prolongs the hold on commands in hand. */
  abstract renew(entries: readonly ClaimedEntry[], leaseMs: number): Promise<void>;

  /** A command took effect: it is forgotten. */
  abstract done(entry: ClaimedEntry): Promise<void>;

  /** A command failed. @param retryInMs undefined: not tried again by itself */
  abstract failed(entry: ClaimedEntry, failure: string, retryInMs: number | undefined): Promise<void>;

  /** Has a command that failed for good tried again. @returns false when there is none */
  abstract retry(id: string): Promise<boolean>;

  /** What waits, the first to fall due first. */
  abstract waiting(most: number): Promise<readonly WaitingEntry[]>;

  /** Stores a timetable, or changes it. @param first its first time, if it is new or its pattern is */
  abstract keepTimetable(timetable: Timetable, first: (now: Date) => Date | undefined): Promise<void>;

  /**
   * Takes timetables that have fallen due, and makes commands of their occurrences, in one transaction.
   * @param names that this process knows
   * @param decide which occurrences take place
   */
  abstract turnTimetables(names: readonly string[], decide: (due: DueTimetable) => Occurrences): Promise<void>;

  /** Milliseconds until something falls due; undefined: nothing waits. */
  abstract nextInMs(names: readonly string[]): Promise<number | undefined>;
}
