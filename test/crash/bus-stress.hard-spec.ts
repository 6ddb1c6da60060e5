import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Bus, PostgresBusEngine } from '@annals/bus';
import { Database } from '@annals/postgres';
import { openTestDatabase } from '@annals/postgres/testing';
import type { TestDatabase } from '@annals/postgres/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const PROCESSES = 3;
const RECORDS = 200_000;
const KEYS = 2_000;
const STRESS_MS = 30_000;
/** Past the session of the members, so that they are taken for dead. */
const STOPPED_MS = 4_000;
const AT_ONCE = 500;

const plain = (text: string) => ({ name: '', text });

describe('Groups under stress', () => {
  let test: TestDatabase;
  let bus: Bus;
  let database: Database;
  const members = new Set<ChildProcess>();

  beforeAll(async () => {
    test = await openTestDatabase('bus_stress');
    const { connectionString } = test;
    bus = new Bus(await PostgresBusEngine.open({ connectionString }));
    database = new Database({ connectionString });
    await database.query(
      plain(
        'CREATE TABLE handled (id bigserial PRIMARY KEY, who text NOT NULL, key text NOT NULL, sequence bigint NOT NULL)',
      ),
    );
    await bus.createTopic('orders', { partitions: 8 });
  });
  afterAll(async () => {
    for (const member of members) member.kill('SIGKILL');
    await bus.stop();
    await database.stop();
    await test.drop();
  });

  const start = async (): Promise<ChildProcess> => {
    const path = fileURLToPath(new URL('./bus-members.mjs', import.meta.url));
    const member = fork(path, [test.connectionString], { execArgv: [] });
    members.add(member);
    await once(member, 'message');
    return member;
  };

  /** Sends all records in the given time; the sequence of a key rises by one. */
  async function send(): Promise<void> {
    const began = Date.now();
    for (let sent = 0; sent < RECORDS; sent += AT_ONCE) {
      await Promise.all(
        Array.from({ length: AT_ONCE }, (_, index) => {
          const n = sent + index;
          return bus.publish('orders', { key: `k${n % KEYS}`, value: Math.floor(n / KEYS) });
        }),
      );
      const due = began + (STRESS_MS * sent) / RECORDS;
      if (due > Date.now()) await sleep(due - Date.now());
    }
  }

  async function disturb(until: number): Promise<{ kills: number; zombies: number }> {
    let [kills, zombies] = [0, 0];
    const woken: Promise<void>[] = [];
    while (Date.now() < until) {
      await sleep(500 + randomInt(1_500));
      const all = [...members];
      const victim = all[randomInt(all.length)];
      if (victim === undefined) continue;
      if (randomInt(3) > 0) {
        kills += 1;
        members.delete(victim);
        victim.kill('SIGKILL');
        await start();
      } else {
        zombies += 1;
        victim.kill('SIGSTOP');
        woken.push(sleep(STOPPED_MS).then(() => void victim.kill('SIGCONT')));
      }
    }
    await Promise.all(woken);
    return { kills, zombies };
  }

  const lag = async (): Promise<number> => {
    const groups = await Promise.all(['plain', 'exact'].map((group) => bus.describeGroup(group)));
    return groups.flatMap(({ positions }) => positions).reduce((sum, position) => sum + position.lag, 0);
  };

  const count = async (text: string): Promise<number> => {
    const [row] = await database.query<readonly [number]>(plain(text));
    return row?.[0] ?? -1;
  };

  it('handle each record, per key in order; effectively-once ones each once, whoever is killed or comes back late', async () => {
    await Promise.all(Array.from({ length: PROCESSES }, start));
    const disturbed = await database.withConnection(async (neighbour) => {
      await neighbour.query(plain('BEGIN ISOLATION LEVEL REPEATABLE READ'));
      await neighbour.query(plain('SELECT 1 FROM handled LIMIT 1'));
      const [, done] = await Promise.all([send(), disturb(Date.now() + STRESS_MS)]);
      await neighbour.query(plain('ROLLBACK'));
      return done;
    });
    while ((await lag()) > 0) await sleep(100);
    expect(disturbed.kills).toBeGreaterThan(3);
    expect(disturbed.zombies).toBeGreaterThan(0);

    expect(await count(`SELECT count(*) FROM handled WHERE who = 'exact'`)).toBe(RECORDS);
    for (const who of ['exact', 'plain']) {
      const once = `SELECT key, sequence, min(id) AS first FROM handled WHERE who = '${who}' GROUP BY key, sequence`;
      expect(await count(`SELECT count(*) FROM (${once}) AS once`)).toBe(RECORDS);
      const before = `SELECT first < lag(first) OVER (PARTITION BY key ORDER BY sequence) AS early FROM (${once}) AS once`;
      expect(await count(`SELECT count(*) FROM (${before}) AS checked WHERE early`)).toBe(0);
    }
  });
});
