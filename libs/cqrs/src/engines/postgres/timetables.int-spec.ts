import { Database } from '@annals/postgres';
import { openTestDatabase } from '@annals/postgres/testing';
import type { TestDatabase } from '@annals/postgres/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CommandScheduler } from '../../commanding/scheduling/command-scheduler.js';
import type { RecurringOptions } from '../../commanding/scheduling/recurring.js';
import { Recurring } from '../../commanding/scheduling/recurring.js';
import { PostgresScheduleStore } from './postgres-schedule-store.js';

describe('Timetables', () => {
  let database: TestDatabase;
  let clock: Database;
  let at = 0;
  const schedulers: CommandScheduler[] = [];
  beforeEach(async () => {
    database = await openTestDatabase('timetables');
    clock = new Database({ connectionString: database.connectionString });
  }, 60_000);
  afterEach(async () => {
    await Promise.all(schedulers.splice(0).map((scheduler) => scheduler.stop()));
    await clock.stop();
    await database.drop();
  });

  /** Stops the database's clock at a time. */
  const stopAt = async (time: string) => {
    at = Date.parse(time);
    const text = `CREATE OR REPLACE FUNCTION annals.now() RETURNS timestamptz LANGUAGE sql AS $$ SELECT '${time}'::timestamptz $$`;
    await clock.query({ name: '', text });
  };
  const timetable = async (
    options: Partial<RecurringOptions>,
    execute: (due: Date) => Promise<unknown> = () => Promise.resolve(),
  ) => {
    const store = await PostgresScheduleStore.open(clock);
    const executed: string[] = [];
    const scheduler = new CommandScheduler(
      {
        store,
        unit: () => undefined,
        execute: async (command) => {
          const { due } = command as { due: Date };
          executed.push(due.toISOString());
          await execute(due);
        },
      },
      { pollMs: 10 },
    );
    const all = { name: 'close-day', cron: '0 2 * * *', timeZone: 'UTC', overlap: 'skip', missed: 'last', ...options };
    scheduler.addTimetable(all as Required<RecurringOptions>, (due) => ({ due }));
    schedulers.push(scheduler);
    return { scheduler, executed, store };
  };
  const have = (executed: string[], ...times: string[]) => vi.waitFor(() => expect(executed).toEqual(times), 5_000);

  it('fall due in their time zone, over the change to summer time, once each however many processes there are', async () => {
    const options = { cron: '30 9 * * *', timeZone: 'Europe/London' };
    const [one, other] = [await timetable(options), await timetable(options)];
    await stopAt('2027-03-27T00:00:00Z');
    one.scheduler.start();
    other.scheduler.start();
    await vi.waitFor(async () => expect(await one.store.nextInMs(['close-day'])).toBe(9.5 * 3_600_000), 5_000);
    const all = () => [...one.executed, ...other.executed].sort();
    for (const [time, due] of [
      ['2027-03-27T09:30:00Z', '2027-03-27T09:30:00.000Z'],
      ['2027-03-28T08:30:00Z', '2027-03-28T08:30:00.000Z'],
    ] as const) {
      await stopAt(time);
      await vi.waitFor(() => expect(all()).toContain(due), 5_000);
    }
    expect(all()).toHaveLength(2);
    expect(at).toBe(Date.parse('2027-03-28T08:30:00Z'));
  });

  it.each([
    ['last', ['2027-01-04T02:00:00.000Z']],
    ['none', []],
    ['all', ['2027-01-02T02:00:00.000Z', '2027-01-03T02:00:00.000Z', '2027-01-04T02:00:00.000Z']],
  ] as const)('that were missed while nobody was there: %s', async (missed, expected) => {
    const { scheduler, executed, store } = await timetable({ missed, overlap: 'allow' });
    await stopAt('2027-01-01T12:00:00Z');
    scheduler.start();
    await vi.waitFor(async () => expect(await store.nextInMs(['close-day'])).toBeGreaterThan(0), 5_000);
    await scheduler.stop();
    await stopAt('2027-01-04T12:00:00Z');
    scheduler.start();
    await vi.waitFor(async () => expect(await store.nextInMs(['close-day'])).toBe(14 * 3_600_000), 5_000);
    await vi.waitFor(() => expect([...executed].sort()).toEqual(expected), 5_000);
  });

  it.each([
    ['skip', ['00', '30']],
    ['queue', ['00', '10', '30']],
    ['allow', ['00', '10', '20', '30']],
  ] as const)('whose last occurrence has not ended: %s', async (overlap, expected) => {
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    const second = (of: string) => `2027-01-01T02:00:${of}.000Z`;
    const options = { overlap, cron: '*/10 * * * * *' };
    const { scheduler, executed, store } = await timetable(options, (due) =>
      due.toISOString() === second('00') ? ended : Promise.resolve(),
    );
    await stopAt('2027-01-01T01:59:55Z');
    scheduler.start();
    await vi.waitFor(async () => expect(await store.nextInMs(['close-day'])).toBe(5_000), 5_000);
    await stopAt(second('00'));
    await have(executed, second('00'));
    for (const [index, at] of ['10', '20'].entries()) {
      await stopAt(second(at));
      const text = `SELECT next_at > '${second(at)}' FROM annals.command_timetable`;
      await vi.waitFor(async () => expect(await clock.query({ name: '', text })).toEqual([[true]]), 5_000);
      if (overlap === 'allow') await vi.waitFor(() => expect(executed).toHaveLength(index + 2), 5_000);
    }
    end();
    await vi.waitFor(async () => expect(await scheduler.waiting()).toEqual([]), 5_000);
    await stopAt(second('30'));
    await vi.waitFor(() => expect([...executed].sort()).toEqual(expected.map(second)), 5_000);
  });

  it('are refused when they make no sense', () => {
    const method = { value: () => ({}) };
    for (const options of [
      { name: 'x', cron: 'every day' },
      { name: 'x', cron: '0 2 * * *', timeZone: 'Atlantis/Centre' },
      { name: ' ', cron: '0 2 * * *' },
    ]) {
      expect(() => Recurring(options)({}, 'method', method)).toThrow(
        expect.objectContaining({ code: 'CQRS_INVALID_SCHEDULE' }),
      );
    }
  });
});
