import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { House, serversIn, until } from './support/house.js';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));

/** A Vitest run of its own on a few quick tests, with a cluster of its own below `temporary`. */
const testRun = (temporary: string): ChildProcess =>
  spawn(
    process.execPath,
    [join(CHECKOUT, 'node_modules/vitest/vitest.mjs'), '--run', '--project', 'int', 'libs/postgres/src/testing'],
    {
      cwd: CHECKOUT,
      detached: true,
      stdio: 'ignore',
      env: { ...process.env, TMPDIR: temporary, ANNALS_TEST_DATABASE_URL: undefined, VITEST: undefined },
    },
  );

describe('The cluster of a test run', () => {
  let house: House;
  beforeAll(async () => {
    house = await House.build();
  });
  afterAll(() => house.close());

  function temporaryFolder(): string {
    const folder = house.fresh();
    mkdirSync(folder, { mode: 0o755 });
    return folder;
  }

  const left = (temporary: string): string[] => readdirSync(temporary).filter((name) => name.startsWith('annals-'));

  async function interrupted(temporary: string, signal: NodeJS.Signals): Promise<void> {
    const run = testRun(temporary);
    const ended = once(run, 'exit');
    await until('the cluster runs', () => serversIn(temporary).length > 0);
    process.kill(-(run.pid ?? 0), signal);
    await ended;
  }

  it('ends with the run, and leaves no files', async () => {
    const temporary = temporaryFolder();
    const [code] = (await once(testRun(temporary), 'exit')) as [number];
    expect(code).toBe(0);
    expect([serversIn(temporary), left(temporary)]).toEqual([[], []]);
  });

  it('ends on Ctrl-C, and leaves no files', async () => {
    const temporary = temporaryFolder();
    await interrupted(temporary, 'SIGINT');
    expect([serversIn(temporary), left(temporary)]).toEqual([[], []]);
  });

  it('of a killed run is removed by the next', async () => {
    const temporary = temporaryFolder();
    await interrupted(temporary, 'SIGKILL');
    expect(left(temporary)).toHaveLength(1);
    await once(testRun(temporary), 'exit');
    expect([serversIn(temporary), left(temporary)]).toEqual([[], []]);
  });
});
