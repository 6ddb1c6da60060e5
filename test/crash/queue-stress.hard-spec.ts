import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Bus, PostgresBusEngine } from '@annals/bus';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CrashingServer } from './crashing-server.js';

const STRESS_MS = 30_000;
/** The server is ended without a word this often. */
const SERVER_CRASHES = 3;
const LEAST_KILLS = 10;
/** Numbers of one publisher do not meet those of the next. */
const APART = 10_000_000;

type Role = 'publisher' | 'consumer';

describe('Queues under stress', () => {
  const server = new CrashingServer();
  const directory = mkdtempSync(join(tmpdir(), 'annals-queue-stress-'));
  const workers = new Map<ChildProcess, Role>();
  let connectionString: string;
  let bus: Bus;
  let started = 0;

  beforeAll(async () => {
    connectionString = await server.start();
    bus = new Bus(await PostgresBusEngine.open({ connectionString, connectTimeoutMs: 2_000 }), {
      queues: { onError: () => undefined },
    });
    await bus.queues.declareExchange('orders', 'topic');
    await bus.queues.declareQueue('work', { deliveryLimit: -1 });
    await bus.queues.bind({ exchange: 'orders', queue: 'work', routingKey: 'order.#' });
  });
  afterAll(async () => {
    for (const worker of workers.keys()) worker.kill('SIGKILL');
    await bus.stop().catch(() => undefined);
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const start = async (role: Role): Promise<void> => {
    started += 1;
    const path = fileURLToPath(new URL('./queue-workers.mjs', import.meta.url));
    const file = join(directory, `${role}-${started}`);
    const worker = fork(path, [role, connectionString, file, String(started * APART)], { execArgv: [] });
    workers.set(worker, role);
    // One that finds no server ends, and another is started.
    await Promise.race([once(worker, 'message'), once(worker, 'exit')]);
  };

  const killOne = async (): Promise<void> => {
    const all = [...workers];
    const [victim, role] = all[randomInt(all.length)] ?? [];
    if (victim === undefined || role === undefined) return;
    workers.delete(victim);
    victim.kill('SIGKILL');
    await start(role);
  };

  /** What all that ever ran have noted of a kind: the words after it. */
  const noted = (kind: string): readonly string[] =>
    readdirSync(directory).flatMap((file) =>
      readFileSync(join(directory, file), 'utf8')
        .split('\n')
        .filter((line) => line.startsWith(`${kind} `))
        .map((line) => line.slice(kind.length + 1)),
    );

  it('lose no confirmed message, and deliver none twice without saying so', async () => {
    for (const role of ['publisher', 'publisher', 'consumer', 'consumer'] as const) await start(role);
    const end = Date.now() + STRESS_MS;
    let [kills, crashes] = [0, 0];
    // A slow machine takes longer for as many.
    while (Date.now() < end || kills < LEAST_KILLS || crashes < SERVER_CRASHES) {
      await sleep(300 + randomInt(900));
      await killOne();
      kills += 1;
      if (
        Date.now() > end - STRESS_MS + ((crashes + 1) * STRESS_MS) / (SERVER_CRASHES + 1) &&
        crashes < SERVER_CRASHES
      ) {
        await server.crash();
        crashes += 1;
      }
    }
    for (const [worker, role] of workers) if (role === 'publisher') worker.kill('SIGKILL');
    for (;;) {
      const { ready, unacked, waiting } = await bus.queues
        .describeQueue('work')
        .catch(() => ({ ready: 1, unacked: 0, waiting: 0 }));
      if (ready + unacked + waiting === 0) break;
      await sleep(200);
    }

    const confirmed = noted('confirmed');
    const delivered = noted('delivered');
    const ever = new Set(delivered.map((line) => line.split(' ')[0]));
    expect(confirmed.length).toBeGreaterThan(1_000);
    expect(confirmed.filter((n) => !ever.has(n))).toEqual([]);
    const first = delivered.filter((line) => line.endsWith(' false'));
    expect(first.length).toBe(new Set(first).size);
  });
});
