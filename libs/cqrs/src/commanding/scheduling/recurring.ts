import { InvalidSchedule } from './invalid-schedule.js';
import { checkCron } from './cron-times.js';

/**
 * What becomes of an occurrence that falls due while the one before has not ended.
 * - `skip`: it does not take place.
 * - `queue`: it takes place once the one before has ended; one waits at the most.
 * - `allow`: both take place at once.
 */
export type OverlapPolicy = 'skip' | 'queue' | 'allow';

/** Which of the occurrences take place that fell due while no process was there: the last, all, or none. */
export type MissedPolicy = 'last' | 'all' | 'none';

/** A timetable. */
export interface RecurringOptions {
  /** Names it in the database. */
  readonly name: string;
  /** Five or six fields: (second) minute hour day-of-month month day-of-week, as `0 2 * * MON-FRI`. */
  readonly cron: string;
  /** An IANA name, as `Europe/London`; summer time is its own. @default 'UTC' */
  readonly timeZone?: string;
  /** @default 'skip' */
  readonly overlap?: OverlapPolicy;
  /** @default 'last' */
  readonly missed?: MissedPolicy;
}

/** A timetable with the method that makes its commands. */
export interface RecurringMethod {
  readonly options: Required<RecurringOptions>;
  readonly method: PropertyKey;
}

const declared = new WeakMap<object, RecurringMethod[]>();

type MakesCommand = (due: Date) => object;

/**
 * Marks the method of a provider that makes the command which is due: `@Recurring({ name: 'close-day', cron: '0 2 * * *',
 * timeZone: 'Europe/London' }) closeDay(due: Date) { return new CloseDay(due.toISOString()); }`. Of all processes one executes
 * it, by the database's clock, once for each time that falls due.
 * @throws InvalidSchedule (`CQRS_INVALID_SCHEDULE`) when the pattern or the time zone makes no sense
 */
export const Recurring =
  (options: RecurringOptions) =>
  <Method extends MakesCommand>(
    target: object,
    method: string | symbol,
    _descriptor: TypedPropertyDescriptor<Method>,
  ): void => {
    const { name, cron, timeZone = 'UTC', overlap = 'skip', missed = 'last' } = options;
    if (name.trim() === '') throw new InvalidSchedule('A timetable needs a name: @Recurring({ name: "…", cron: "…" })');
    checkCron(name, cron, timeZone);
    const methods = declared.get(target) ?? [];
    declared.set(target, [...methods, { method, options: { name, cron, timeZone, overlap, missed } }]);
  };

/** What `@Recurring` says about a class, by its prototype. */
export const recurringMethodsOf = (prototype: object): readonly RecurringMethod[] => declared.get(prototype) ?? [];
