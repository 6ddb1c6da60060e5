import { describe, expect, it } from 'vitest';
import { keepOwnership } from './keep-ownership.js';
import type { Ownership, ProjectionStorage } from './projection-storage.js';

const ownership: Ownership = {
  lane: { name: 'p', version: 1, index: 0, count: 1 },
  holder: 'h',
  generation: 1,
  leaseMs: 900,
};

/** A clock that moves when somebody waits, and a storage whose renewals answer as told. */
function scene(...answers: (boolean | 'error' | 'silence')[]) {
  let time = 0;
  const asked: number[] = [];
  const ended = new AbortController();
  const renew = (): Promise<boolean> => {
    asked.push(time);
    const answer = answers.shift();
    if (answer === undefined) {
      ended.abort();
      return Promise.resolve(true);
    }
    if (answer === 'silence') return new Promise(() => undefined);
    return answer === 'error' ? Promise.reject(new Error('unreachable')) : Promise.resolve(answer);
  };
  // Waits last longer than the answers that are already there.
  const delay = async (ms: number, signal: AbortSignal): Promise<void> => {
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
    if (!signal.aborted) time += ms;
  };
  const storage = { renew } as unknown as ProjectionStorage;
  const kept = () => keepOwnership(storage, ownership, { now: () => time, delay }, 0, ended.signal);
  return { kept, asked, time: () => time };
}

describe('Keeping an ownership', () => {
  it('renews three times per lease until it is told to end', async () => {
    const { kept, asked } = scene(true, true, true);
    expect(await kept()).toBe(false);
    expect(asked).toHaveLength(4);
    expect(asked[0]).toBe(300);
  });

  it('ends when a renewal says that it is lost', async () => {
    const { kept, asked } = scene(true, false);
    expect(await kept()).toBe(true);
    expect(asked).toHaveLength(2);
  });

  it('outlives a renewal that fails, when the next succeeds in time', async () => {
    const { kept, asked } = scene('error', true);
    expect(await kept()).toBe(false);
    expect(asked).toHaveLength(3);
  });

  it.each(['error', 'silence'] as const)('ends before the lease does when there is only %s', async (answer) => {
    const { kept, time } = scene(...new Array<typeof answer>(50).fill(answer));
    expect(await kept()).toBe(true);
    expect(time()).toBeGreaterThanOrEqual(810);
    expect(time()).toBeLessThan(900);
  });
});
