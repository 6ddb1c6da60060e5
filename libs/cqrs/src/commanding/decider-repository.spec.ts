import { DomainEvent, LogEventStore } from '@annals/event-store';
import { InMemoryLog, InMemoryUnitOfWork } from '@annals/log';
import { describe, expect, it, vi } from 'vitest';
import type { CategorisedDecider } from './decider.js';
import { repositoryOf } from './repository-of.js';

@DomainEvent('decider-spec.switched-on')
class SwitchedOn {
  constructor(readonly by: string) {}
}
@DomainEvent('decider-spec.switched-off')
class SwitchedOff {}

interface Switch {
  readonly on: boolean;
  readonly times: number;
}
interface Toggle {
  readonly turn: 'on' | 'off';
  readonly by: string;
}

const light: CategorisedDecider<Switch, Toggle, SwitchedOn | SwitchedOff> = {
  category: 'light',
  initialState: () => ({ on: false, times: 0 }),
  decide: ({ turn, by }, { on, times }) => {
    if (times >= 3) throw new Error('worn out');
    if ((turn === 'on') === on) return [];
    return turn === 'on' ? [new SwitchedOn(by)] : [new SwitchedOff()];
  },
  evolve: ({ times }, event) => ({ on: event instanceof SwitchedOn, times: times + 1 }),
};

interface Ticked {
  readonly type: 'ticked' | 'reset';
  readonly data: { readonly by: number };
}

/** In emmett's form: events without classes. */
const clock: CategorisedDecider<number, number, Ticked> = {
  category: 'clock',
  initialState: () => 0,
  decide: (by) => [{ type: by === 0 ? 'reset' : 'ticked', data: { by } }],
  evolve: (state, { type, data }) => (type === 'reset' ? 0 : state + data.by),
};

const open = () => {
  const log = new InMemoryLog();
  return new LogEventStore({ log, unitOfWork: new InMemoryUnitOfWork(log), wakesReaders: log });
};
const delay = () => Promise.resolve();

describe('A repository of a decider', () => {
  it('handles a command on the state that the stream has led to', async () => {
    const lights = repositoryOf(open(), light);
    const first = await lights.handle('1', { turn: 'on', by: 'Ada' });
    expect(first).toMatchObject({ state: { on: true, times: 1 }, events: [new SwitchedOn('Ada')] });
    expect(first.appended).toMatchObject({ pending: false, revision: 1 });
    const second = await lights.handle('1', { turn: 'off', by: 'Ada' });
    expect(second.state).toEqual({ on: false, times: 2 });
  });

  it('appends nothing when nothing is decided', async () => {
    const lights = repositoryOf(open(), light);
    const nothing = await lights.handle('1', { turn: 'off', by: 'Ada' });
    expect(nothing).toEqual({ state: { on: false, times: 0 }, events: [], appended: undefined });
    expect(await lights.find('1')).toBeUndefined();
  });

  it('serves load, decide and save one by one as well', async () => {
    const lights = repositoryOf(open(), light);
    await lights.handle('1', { turn: 'on', by: 'Ada' });
    const loaded = await lights.load('1');
    loaded.decide({ turn: 'off', by: 'Ada' });
    loaded.decide({ turn: 'on', by: 'Bob' });
    await lights.save(loaded);
    expect((await lights.load('1')).state).toEqual({ on: true, times: 3 });
  });

  it('gives evolve plain events in the form in which decide gave them', async () => {
    const clocks = repositoryOf(open(), clock);
    for (const by of [2, 0, 5, 1]) await clocks.handle('1', by);
    expect((await clocks.load('1')).state).toBe(6);
  });

  it('lets what decide throws reach the caller unchanged', async () => {
    const refusal = new Error('no');
    const thrown = {
      ...clock,
      decide: () => {
        throw refusal;
      },
    };
    await expect(repositoryOf(open(), thrown).handle('1', 1)).rejects.toBe(refusal);
  });

  it('decides again on fresh state after a conflict', async () => {
    const store = open();
    const decide = vi.fn(clock.decide);
    const clocks = repositoryOf(store, { ...clock, decide }, { delay });
    await clocks.handle('1', 1);
    decide.mockImplementationOnce((by, state) => {
      // Another is faster, between this one's read and its append.
      others.push(store.append('clock-1', 'any', [{ type: 'ticked', data: { by: 10 } }]));
      return clock.decide(by, state);
    });
    const others: Promise<unknown>[] = [];
    const handled = await clocks.handle('1', 1);
    await Promise.all(others);
    expect(decide.mock.calls.map(([, state]) => state)).toEqual([0, 1, 11]);
    expect(handled.state).toBe(12);
  });

  it('gives the conflict to the caller when all attempts have lost', async () => {
    const store = open();
    const decide = vi.fn<typeof clock.decide>((by, state) => {
      void store.append('clock-1', 'any', [{ type: 'ticked', data: { by: 10 } }]);
      return clock.decide(by, state);
    });
    const pauses: number[] = [];
    const waits = (ms: number) => Promise.resolve(pauses.push(ms));
    const options = { attempts: 3, baseMs: 8, maxMs: 10, random: () => 0.5, delay: waits };
    const clocks = repositoryOf(store, { ...clock, decide }, options);
    await expect(clocks.handle('1', 1)).rejects.toMatchObject({ code: 'STORE_WRONG_EXPECTED_REVISION' });
    expect(decide).toHaveBeenCalledTimes(3);
    expect(pauses).toEqual([6, 7.5]);
  });

  it('carries commands of many callers out one after the other', async () => {
    const clocks = repositoryOf(open(), clock, { attempts: 50, delay: () => new Promise(setImmediate) });
    await Promise.all(Array.from({ length: 20 }, () => clocks.handle('1', 1)));
    expect(await clocks.load('1')).toMatchObject({ state: 20, revision: 20 });
  });

  it('refuses a category with a hyphen', () => {
    const invalid = expect.objectContaining({ code: 'CQRS_INVALID_AGGREGATE' }) as Error;
    expect(() => repositoryOf(open(), { ...clock, category: 'wall-clock' })).toThrow(invalid);
  });
});
