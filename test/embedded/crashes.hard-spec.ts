import { spawn } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asRoot, ask, House, kill, serversIn, until } from './support/house.js';

const postmasterFile = (directory: string): string => join(directory, 'data', 'postmaster.pid');

/** Replaces the process id in PostgreSQL's lock file, as its reuse by another process would. */
function rename(directory: string, pid: number): void {
  const [, ...rest] = readFileSync(postmasterFile(directory), 'utf8').split('\n');
  writeFileSync(postmasterFile(directory), [String(pid), ...rest].join('\n'));
}

describe('After kill -9', () => {
  let house: House;
  beforeAll(async () => {
    house = await House.build();
  });
  afterAll(() => house.close());

  /** An application with a row in its database, killed; with its server, if asked for. */
  async function killed(directory: string, serverToo: boolean): Promise<string> {
    const application = house.start(directory, { options: { durable: true } });
    const { url } = await application.up();
    await ask(url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await application.signalled('SIGKILL');
    if (serverToo) {
      serversIn(directory).forEach(kill);
      await until('the server is gone', () => serversIn(directory).length === 0);
    }
    return url;
  }

  /** The data are there, and the server ends with its last user. Whether the server had to be started. */
  async function goesOn(directory: string): Promise<boolean> {
    const next = house.start(directory);
    const { started } = await next.up();
    expect(await next.told('SELECT answer FROM kept')).toEqual({ rows: [{ answer: 42 }] });
    await next.told('stop');
    expect(serversIn(directory)).toEqual([]);
    return started;
  }

  it('of its only user, a server is adopted by the next, who stops it', async () => {
    const directory = house.fresh();
    await killed(directory, false);
    expect(serversIn(directory)).not.toEqual([]);
    expect(await goesOn(directory)).toBe(false);
  });

  it('of one user, the other is the last one out', async () => {
    const directory = house.fresh();
    const [first, second] = [house.start(directory), house.start(directory)];
    await Promise.all([first.up(), second.up()]);
    await first.signalled('SIGKILL');
    await second.told('stop');
    expect(serversIn(directory)).toEqual([]);
  });

  it('of everything, the left-over lock file does not matter', async () => {
    const directory = house.fresh();
    await killed(directory, true);
    expect(existsSync(postmasterFile(directory))).toBe(true);
    expect(await goesOn(directory)).toBe(true);
  });

  it('of everything, it does not matter that another process was given the server’s id', async () => {
    const directory = house.fresh();
    await killed(directory, true);
    // Of the user the server runs as: PostgreSQL takes any process of its own user for a server and refuses to start.
    const owner = asRoot ? { uid: 65_534, gid: 65_534 } : {};
    const stranger = spawn('sleep', ['60'], { ...owner, stdio: 'ignore' });
    rename(directory, stranger.pid ?? 0);
    expect(await goesOn(directory)).toBe(true);
    expect(stranger.exitCode).toBe(null);
    stranger.kill();
  });

  it('of everything, it does not matter that a process was given the id of a holder', async () => {
    const directory = house.fresh();
    await killed(directory, true);
    const [note] = readdirSync(join(directory, 'holders'));
    const file = join(directory, 'holders', note ?? '');
    const written = JSON.parse(readFileSync(file, 'utf8')) as object;
    writeFileSync(file, JSON.stringify({ ...written, pid: process.pid }));
    expect(await goesOn(directory)).toBe(true);
  });

  it('of the server alone, the next start recovers while its backends still end', async () => {
    const directory = house.fresh();
    const application = house.start(directory, { options: { durable: true } });
    const { url } = await application.up();
    await ask(url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    const backends = serversIn(directory);
    const postmaster = Number(readFileSync(postmasterFile(directory), 'utf8').split('\n')[0]);
    // Stopped, the backends cannot notice that their postmaster is gone: the data must not be opened a second time.
    const others = backends.filter((pid) => pid !== postmaster);
    others.forEach((pid) => process.kill(pid, 'SIGSTOP'));
    kill(postmaster);
    const next = house.start(directory);
    const log = (): string => readFileSync(join(directory, 'postgres.log'), 'utf8');
    await until('PostgreSQL refuses', () => log().includes('pre-existing shared memory block'));
    others.forEach((pid) => process.kill(pid, 'SIGCONT'));
    expect(await next.up()).toMatchObject({ started: true });
    expect(await next.told('SELECT answer FROM kept')).toEqual({ rows: [{ answer: 42 }] });
    await Promise.all([next.told('stop'), application.told('stop')]);
    expect(serversIn(directory)).toEqual([]);
  });

  it('during initdb, the next start begins afresh', async () => {
    const directory = house.fresh();
    const application = house.start(directory);
    const drafts = (): string[] => readdirSync(directory).filter((name) => name.startsWith('data.draft-'));
    await until('initdb runs', () => existsSync(directory) && drafts().length > 0);
    await application.signalled('SIGKILL');
    const next = house.start(directory);
    expect(await next.up()).toMatchObject({ started: true });
    await next.told('stop');
    expect(drafts()).toEqual([]);
  });

  it('a copy of the directory, made while the server ran, is another cluster', async () => {
    const directory = house.fresh();
    const original = house.start(directory);
    const { url } = await original.up();
    const copy = house.fresh();
    await ask(url, 'CHECKPOINT');
    cpSync(directory, copy, { recursive: true, preserveTimestamps: true });
    const application = house.start(copy);
    const other = await application.up();
    expect(other.started).toBe(true);
    expect(other.url).not.toBe(url);
    await Promise.all([application.told('stop'), original.told('stop')]);
    expect(serversIn(copy)).toEqual([]);
  });
});
