import { messageOf } from '@annals/message';
import { Cron } from 'croner';
import { InvalidSchedule } from './invalid-schedule.js';

/** More occurrences than that are not made up for. */
const MOST_MISSED = 1_000;

const cronOf = (cron: string, timezone: string): Cron => new Cron(cron, { timezone, paused: true });

/** @throws InvalidSchedule (`CQRS_INVALID_SCHEDULE`) */
export function checkCron(name: string, cron: string, timeZone: string): void {
  try {
    if (cronOf(cron, timeZone).nextRun(new Date(0)) === null) throw new RangeError('it never falls due');
  } catch (error) {
    const reason = messageOf(error);
    throw new InvalidSchedule(`Timetable "${name}" cannot be "${cron}" in ${timeZone}: ${reason}`, error);
  }
}

/** The first time after `after`; undefined: there is none. */
export const nextTime = (cron: string, timeZone: string, after: Date): Date | undefined =>
  cronOf(cron, timeZone).nextRun(after) ?? undefined;

/** The times from `due` on that are not after `now`, oldest first, and the next one after them. */
export function dueTimes(
  { cron, timeZone }: { readonly cron: string; readonly timeZone: string },
  due: Date,
  now: Date,
): { readonly due: readonly Date[]; readonly next: Date | undefined } {
  const pattern = cronOf(cron, timeZone);
  const times: Date[] = [];
  let at: Date | undefined = due;
  while (at !== undefined && at <= now) {
    times.push(at);
    // After a long absence the last of them are the ones that matter.
    if (times.length > MOST_MISSED) times.shift();
    at = pattern.nextRun(at) ?? undefined;
  }
  return { due: times, next: at };
}
