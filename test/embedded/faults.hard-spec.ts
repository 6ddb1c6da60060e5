import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { asRoot, House, serversIn, until } from './support/house.js';
import { mountReadOnly, mountSmallDisk } from './support/mounts.js';

const MiB = 1024 * 1024;

describe('A start that cannot succeed', () => {
  let house: House;
  let undo: (() => void)[] = [];
  beforeAll(async () => {
    house = await House.build();
  });
  afterEach(() => {
    undo.forEach((act) => act());
    undo = [];
  });
  afterAll(() => house.close());

  /** A cluster that has run before. */
  async function existing(directory = house.fresh()): Promise<string> {
    const application = house.start(directory);
    await application.up();
    await application.told('stop');
    return directory;
  }

  /** How a start fails, and that it leaves no server behind. */
  async function failure(directory: string, settings?: Record<string, string>): Promise<unknown> {
    const application = house.start(directory, {
      options: { ...(settings ? { settings } : {}), startTimeoutMs: 20_000 },
    });
    const { failed } = await application.says();
    await until('no server is left', () => serversIn(directory).length === 0);
    expect(failed?.message).toContain('DATABASE_URL');
    return failed;
  }

  it.runIf(asRoot)('names a read-only file system', async () => {
    const parent = house.fresh();
    mkdirSync(parent);
    undo.push(mountReadOnly(parent));
    expect(await failure(join(parent, '.annals'))).toMatchObject({
      code: 'POSTGRES_EMBEDDED_DIRECTORY_UNUSABLE',
      message: expect.stringContaining('read-only') as string,
    });
  });

  it.runIf(asRoot)('names a read-only file system below existing data', async () => {
    const directory = await existing();
    undo.push(mountReadOnly(directory));
    expect(await failure(directory)).toMatchObject({ code: 'POSTGRES_EMBEDDED_DIRECTORY_UNUSABLE' });
  });

  it.skipIf(asRoot)('names a directory that may not be written', async () => {
    const parent = house.fresh();
    mkdirSync(parent, { mode: 0o555 });
    expect(await failure(join(parent, '.annals'))).toMatchObject({ code: 'POSTGRES_EMBEDDED_DIRECTORY_UNUSABLE' });
  });

  it('names a file that is in the way', async () => {
    const file = house.fresh();
    writeFileSync(file, '');
    expect(await failure(file)).toMatchObject({ code: 'POSTGRES_EMBEDDED_DIRECTORY_UNUSABLE' });
    expect(await failure(join(file, '.annals'))).toMatchObject({ code: 'POSTGRES_EMBEDDED_DIRECTORY_UNUSABLE' });
  });

  it.runIf(asRoot).each([
    ['at once', 4096],
    ['during initdb', 20 * MiB],
  ])('names a disk that is full %s', async (_, bytes) => {
    const disk = house.fresh();
    undo.push(mountSmallDisk(disk, bytes));
    if (bytes < MiB) writeFileSync(join(disk, 'filler'), Buffer.alloc(bytes));
    expect(await failure(join(disk, '.annals'))).toMatchObject({ code: 'POSTGRES_EMBEDDED_DISK_FULL' });
  });

  it.runIf(asRoot)('names a disk that is full when the server starts on existing data', async () => {
    const disk = house.fresh();
    undo.push(mountSmallDisk(disk, 100 * MiB));
    const directory = await existing(join(disk, '.annals'));
    try {
      writeFileSync(join(disk, 'filler'), Buffer.alloc(100 * MiB));
    } catch (error) {
      expect(error).toMatchObject({ code: 'ENOSPC' });
    }
    expect(await failure(directory)).toMatchObject({ code: 'POSTGRES_EMBEDDED_DISK_FULL' });
    rmSync(join(disk, 'filler'));
    await existing(directory);
  });

  it('names data of another major version', async () => {
    const directory = await existing();
    writeFileSync(join(directory, 'data', 'PG_VERSION'), '15\n');
    expect(await failure(directory)).toMatchObject({
      code: 'POSTGRES_EMBEDDED_OTHER_MAJOR',
      message: expect.stringMatching(/PostgreSQL 15.*PostgreSQL 18/) as string,
    });
  });

  it('names a data directory that is none', async () => {
    const directory = house.fresh();
    mkdirSync(join(directory, 'data'), { recursive: true });
    expect(await failure(directory)).toMatchObject({ code: 'POSTGRES_EMBEDDED_DIRECTORY_UNUSABLE' });
  });

  it('names shared memory that is refused', async () => {
    expect(await failure(house.fresh(), { shared_buffers: '7TB' })).toMatchObject({
      code: 'POSTGRES_EMBEDDED_SHARED_MEMORY',
      message: expect.stringContaining('shared_buffers') as string,
    });
  });

  it('shows the server’s last words', async () => {
    expect(await failure(house.fresh(), { no_such_setting: 'on' })).toMatchObject({
      code: 'POSTGRES_EMBEDDED_START_FAILED',
      message: expect.stringContaining('unrecognized configuration parameter "no_such_setting"') as string,
    });
    const directory = await existing();
    rmSync(join(directory, 'data', 'global', 'pg_control'));
    expect(await failure(directory)).toMatchObject({
      code: 'POSTGRES_EMBEDDED_START_FAILED',
      message: expect.stringContaining('pg_control') as string,
    });
  });

  it('names a password that is missing or another one', async () => {
    const directory = await existing();
    const password = join(directory, 'password');
    const kept = readFileSync(password);
    rmSync(password);
    expect(await failure(directory)).toMatchObject({ code: 'POSTGRES_EMBEDDED_PASSWORD_UNKNOWN' });
    writeFileSync(password, 'guessed', { mode: 0o600 });
    expect(await failure(directory)).toMatchObject({ code: 'POSTGRES_EMBEDDED_PASSWORD_UNKNOWN' });
    writeFileSync(password, kept);
    await existing(directory);
  });

  it('names the process that is busy with the same server for too long', async () => {
    const directory = house.fresh();
    const busy = house.start(directory);
    const lock = join(directory, 'lock', '1');
    const isHeld = (): boolean => existsSync(lock) && readFileSync(lock, 'utf8') !== '';
    // A first start, with initdb, keeps the lock for long enough to be stopped in the middle.
    await until('the other has the lock', isHeld);
    process.kill(busy.pid, 'SIGSTOP');
    expect(isHeld()).toBe(true);
    const application = house.start(directory, { options: { startTimeoutMs: 300 } });
    const { failed } = await application.says();
    process.kill(busy.pid, 'SIGCONT');
    expect(failed).toMatchObject({
      code: 'POSTGRES_EMBEDDED_BUSY',
      message: expect.stringContaining(String(busy.pid)) as string,
    });
    await busy.up();
    await busy.told('stop');
  });

  it.runIf(asRoot)('says that another user’s directory cannot be used', async () => {
    const directory = await existing();
    chmodSync(directory, 0o711);
    const application = house.start(directory, {}, { uid: 1, gid: 1 });
    expect((await application.says()).failed).toMatchObject({ code: 'POSTGRES_EMBEDDED_DIRECTORY_UNUSABLE' });
    expect(execFileSync('ls', ['-A', join(directory, 'holders')]).toString()).toBe('');
  });

  it('rejects options that make no sense, all at once', async () => {
    const application = house.start(' ', { options: { database: '', startTimeoutMs: 0 } });
    const { failed } = await application.says();
    expect(failed?.message).toMatch(/directory.*database.*startTimeoutMs/);
  });
});
