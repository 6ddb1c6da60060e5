import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Database } from './database.js';
import { openTestDatabase } from './testing/test-database.js';
import { WakeUps } from './wake-ups.js';

const plain = (text: string) => ({ name: '', text });
const LISTENERS = `application_name = 'annals listener' AND datname = current_database()`;

describe('WakeUps', () => {
  let test: Awaited<ReturnType<typeof openTestDatabase>>;
  let database: Database;
  const opened: WakeUps[] = [];

  const open = async (channel: string, options = {}): Promise<WakeUps> => {
    const wakeUps = new WakeUps(database, channel, options);
    opened.push(wakeUps);
    await wakeUps.start();
    return wakeUps;
  };
  const woken = (wakeUps: WakeUps): Promise<void> =>
    new Promise((resolve) => {
      const off = wakeUps.onWake(() => {
        off();
        resolve();
      });
    });

  beforeAll(async () => {
    test = await openTestDatabase();
    database = new Database({ connectionString: test.connectionString });
  });
  afterAll(async () => {
    await Promise.all(opened.map((each) => each.stop()));
    await database.stop();
    await test.drop();
  });

  it('wakes this process at once and another by a notification', async () => {
    const [here, there, stranger] = [await open('one'), await open('one'), await open('other')];
    let strangers = 0;
    stranger.onWake(() => strangers++);
    let local = 0;
    here.onWake(() => local++);
    const far = woken(there);
    here.announce();
    expect(local).toBe(1);
    await far;
    expect(strangers).toBe(0);
  });

  it('gives a notification to be sent along with statements, one at a time; what is announced meanwhile follows it', async () => {
    const [here, there] = [await open('along', { minGapMs: 50 }), await open('along')];
    const woken = new Promise<void>((resolve) => there.onWake(resolve, 'queue-1'));
    const later = new Promise<void>((resolve) => there.onWake(resolve, 'queue-2'));
    let local = 0;
    here.onWake(() => local++, 'queue-1');
    const notice = here.notice(['queue-1']);
    expect(notice).toBeDefined();
    expect(here.notice(['queue-1'])).toBeUndefined();
    await database.query(notice?.statement ?? plain(''), notice?.values);
    await woken;
    expect(local).toBe(0);
    here.wakeHere('queue-1');
    expect(local).toBe(1);
    here.announce('queue-2');
    await later;
  });

  it('wakes only those who wait for what is new, here and elsewhere; many things at once wake all', async () => {
    const [here, there] = [await open('subjects'), await open('subjects')];
    const woken: string[] = [];
    const heard = new EventTarget();
    for (const [place, wakeUps] of [['here', here] as const, ['there', there] as const]) {
      for (const subject of ['', 'topic-1', 'topic-2']) {
        wakeUps.onWake(() => {
          woken.push(`${place} ${subject}`);
          heard.dispatchEvent(new Event('wake'));
        }, subject);
      }
    }
    const until = async (count: number): Promise<void> => {
      while (woken.length < count)
        await new Promise((resolve) => heard.addEventListener('wake', resolve, { once: true }));
    };
    here.announce('topic-1');
    await until(2);
    expect(woken).toEqual(['here topic-1', 'there topic-1']);
    for (let topic = 100; topic < 400; topic += 1) here.announce(`topic-${topic}`);
    await until(5);
    expect(woken.slice(2).sort()).toEqual(['there ', 'there topic-1', 'there topic-2']);
  });

  it('sends few notifications for many announcements, and one after the last', async () => {
    const [here, there] = [await open('many', { minGapMs: 20 }), await open('many')];
    let wakes = 0;
    there.onWake(() => wakes++);
    for (let i = 0; i < 1_000; i++) here.announce();
    await woken(there);
    here.announce();
    await woken(there);
    expect(wakes).toBeLessThan(10);
  });

  it('opens a lost connection again and wakes, since something may have been missed', async () => {
    const there = await open('lost', { reconnectMs: 1 });
    const caughtUp = woken(there);
    await database.query(plain(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${LISTENERS}`));
    await caughtUp;
    const again = woken(there);
    const here = await open('lost');
    here.announce();
    await expect(again).resolves.toBeUndefined();
  });

  it('does nothing more once it has been stopped, twice or before its start', async () => {
    const wakeUps = await open('stopped');
    await Promise.all([wakeUps.stop(), wakeUps.stop()]);
    wakeUps.announce();
    await wakeUps.stop();
    await new WakeUps(database, 'never').stop();
    const left = await database.query(plain(`SELECT 1 FROM pg_stat_activity WHERE query LIKE 'LISTEN "stopped"%'`));
    expect(left).toEqual([]);
  });
});
