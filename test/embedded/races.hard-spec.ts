import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { House, serversIn } from './support/house.js';

const TOGETHER = 6;
const ROUNDS = 12;

describe('Processes that come and go at once', () => {
  let house: House;
  beforeAll(async () => {
    house = await House.build();
  });
  afterAll(() => house.close());

  it('share one server that exactly one of them started, on an empty directory', async () => {
    const directory = house.fresh();
    const applications = Array.from({ length: TOGETHER }, () => house.start(directory));
    const ups = await Promise.all(applications.map((application) => application.up()));
    expect(new Set(ups.map(({ url }) => url)).size).toBe(1);
    expect(ups.filter(({ started }) => started)).toHaveLength(1);
    await Promise.all(applications.map((application) => application.told('stop')));
    expect(serversIn(directory)).toEqual([]);
  });

  it('share one server on existing data whose users were all killed', async () => {
    const directory = house.fresh();
    const first = house.start(directory);
    await first.up();
    await first.signalled('SIGKILL');
    const applications = Array.from({ length: TOGETHER }, () => house.start(directory));
    const ups = await Promise.all(applications.map((application) => application.up()));
    expect(ups.filter(({ started }) => started)).toHaveLength(0);
    await Promise.all(applications.map((application) => application.told('stop')));
    expect(serversIn(directory)).toEqual([]);
  });

  it('never lose the server they have attached to, however others leave', async () => {
    const directory = house.fresh();
    const endings = ['stop', 'SIGKILL', 'SIGTERM', 'exit'] as const;
    // Each worker attaches, asks, and leaves again, out of step with the others and in another way each time.
    const worker = async (number: number): Promise<void> => {
      for (let round = 0; round < ROUNDS; round++) {
        const application = house.start(directory);
        await application.up();
        expect(await application.told('SELECT 1 AS still')).toEqual({ rows: [{ still: 1 }] });
        const ending = endings[(round + number) % endings.length] ?? 'stop';
        if (ending === 'stop') expect(await application.told('stop')).toEqual({ stopped: true });
        if (ending === 'exit') application.tell('exit');
        if (ending === 'SIGTERM' || ending === 'SIGKILL') await application.signalled(ending);
        else if (ending === 'stop') await application.signalled('SIGTERM');
        await application.ended;
      }
    };
    await Promise.all(Array.from({ length: 3 }, (_, number) => worker(number)));
    const last = house.start(directory);
    await last.up();
    await last.told('stop');
    expect(serversIn(directory)).toEqual([]);
  });
});
