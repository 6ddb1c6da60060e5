import type { ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ChildProcesses } from '../../testing/child-processes.js';
import type { ProjectionHouse } from '../../testing/projection-house.js';
import { openProjectionHouse } from '../../testing/projection-house.js';
import { Projection } from '../../projecting/projection.js';
import { On } from '../../projecting/on.js';
import { Sale, Sold } from '../../testing/sales.js';

const EVENTS = 6_000;
const STREAMS = 50;
const LEAST_KILLS = 8;
const PROCESSES = 2;
const NAME = 'crashing-rebuild';

describe('A rebuild whose processes are killed', () => {
  let house: ProjectionHouse;
  const processes = new ChildProcesses('./projection-process.mjs');
  beforeAll(async () => {
    house = await openProjectionHouse('rebuild_crash', [Sale]);
  });
  afterAll(async () => {
    await processes.killAll();
    await house.close();
  });

  const start = (role: 'rebuildable' | 'rebuild' = 'rebuildable') =>
    processes.start(house.database.connectionString, NAME, role);
  const sell = (from: number, events: number) =>
    Promise.all(
      Array.from({ length: events }, (_, n) =>
        house.store.append(`sale-${(from + n) % STREAMS}`, 'any', [new Sold('book', n)]),
      ),
    );
  const rows = () => house.dataSource.getRepository(Sale).find({ order: { stream: 'ASC', revision: 'ASC' } });

  it('ends with each event once, the planted row gone, and what was sold meanwhile there', async () => {
    await sell(0, EVENTS);
    @Projection({ name: NAME, tables: [Sale], lanes: 4 })
    class Onlooker {
      @On(Sold)
      sold(): void {
        throw new Error('only looks on');
      }
    }
    const onlooker = house.make([new Onlooker()]);
    const first = await start();
    await onlooker.reached(NAME, await house.store.head(), { timeoutMs: 60_000 });
    await house.dataSource.getRepository(Sale).insert({ projection: NAME, event: 'orphan', stream: 'x', revision: 1 });
    await processes.kill(first);
    const workers = [await start('rebuild')];
    while (workers.length < PROCESSES) workers.push(await start());
    let kills = 0;
    for (; (await onlooker.rebuilding(NAME))?.state === 'filling' || kills < LEAST_KILLS; kills += 1) {
      await sleep(randomInt(100, 500));
      const place = randomInt(PROCESSES);
      await processes.kill(workers[place] as ChildProcess);
      await sell(kills, 5);
      workers[place] = await start();
      // Killed after each few hundred milliseconds it may not get far: leave it alone once it has suffered enough.
      if (kills > 3 * LEAST_KILLS) break;
    }
    await vi.waitFor(async () => expect((await onlooker.rebuilding(NAME))?.state).toBe('switched'), {
      timeout: 60_000,
      interval: 200,
    });
    await onlooker.reached(NAME, await house.store.head(), { timeoutMs: 30_000 });
    const found = await rows();
    expect(found.filter(({ event }) => event === 'orphan')).toEqual([]);
    expect(new Set(found.map(({ event }) => event)).size).toBe(found.length);
    let events = 0;
    for (let stream = 0; stream < STREAMS; stream += 1) {
      const revisions = found.filter((row) => row.stream === `sale-${stream}`).map(({ revision }) => revision);
      expect(revisions).toEqual(revisions.map((_, index) => index + 1));
      events += revisions.length;
    }
    expect(events).toBe((await house.store.head()).reduce((sum, offset) => sum + offset, 0));
    expect(kills).toBeGreaterThanOrEqual(LEAST_KILLS);
  }, 240_000);
});
