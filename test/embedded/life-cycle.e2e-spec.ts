import { readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asRoot, ask, House, serversIn } from './support/house.js';

const portOf = (url: string): string => new URL(url).port;

describe('The embedded PostgreSQL', () => {
  let house: House;
  beforeAll(async () => {
    house = await House.build();
  });
  afterAll(() => house.close());

  it('starts in an empty directory, durable and on the loopback address only', async () => {
    const directory = house.fresh();
    const application = house.start(directory, { options: { durable: true } });
    const { url, started } = await application.up();
    const [settings] = await ask(
      url,
      `SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit,
              current_setting('full_page_writes') AS pages, current_setting('listen_addresses') AS addresses,
              current_setting('unix_socket_directories') AS sockets, current_database() AS database,
              (SELECT string_agg(DISTINCT auth_method, ',') FROM pg_hba_file_rules) AS methods`,
    );
    expect(started).toBe(true);
    expect(settings).toEqual({
      fsync: 'on',
      commit: 'on',
      pages: 'on',
      addresses: '127.0.0.1',
      sockets: '',
      database: 'annals',
      methods: 'scram-sha-256',
    });
    expect(statSync(join(directory, 'password')).mode & 0o777).toBe(0o600);
    await application.told('stop');
    expect(serversIn(directory)).toEqual([]);
  });

  it('refuses a wrong password', async () => {
    const directory = house.fresh();
    const application = house.start(directory);
    const url = new URL((await application.up()).url);
    url.password = 'guessed';
    await expect(ask(url.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
    await application.told('stop');
  });

  it('starts again on its data, at the same address', async () => {
    const directory = house.fresh();
    const first = house.start(directory);
    const { url } = await first.up();
    await ask(url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await first.told('stop');
    const second = house.start(directory);
    const again = await second.up();
    expect(again).toEqual({ url, started: true });
    expect(await ask(again.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    await second.told('stop');
  });

  it('takes another port, and remembers it, when a stranger has the one of last time', async () => {
    const directory = house.fresh();
    const first = house.start(directory);
    const { url } = await first.up();
    await first.told('stop');
    const stranger = createServer((socket) => socket.end('220 no database here\r\n'));
    await new Promise<void>((listening) => stranger.listen(Number(portOf(url)), '127.0.0.1', listening));
    const second = house.start(directory);
    const moved = await second.up();
    expect(portOf(moved.url)).not.toBe(String((stranger.address() as AddressInfo).port));
    expect(readFileSync(join(directory, 'port'), 'utf8')).toBe(portOf(moved.url));
    await second.told('stop');
    await new Promise((closed) => stranger.close(closed));
  });

  it('is shared by processes, and stopped by the last one out', async () => {
    const directory = house.fresh();
    const first = house.start(directory);
    const { url } = await first.up();
    const second = house.start(directory);
    expect(await second.up()).toEqual({ url, started: false });
    await first.told('stop twice at once');
    expect(await second.told('SELECT 1 AS still')).toEqual({ rows: [{ still: 1 }] });
    await second.told('stop twice at once');
    expect(serversIn(directory)).toEqual([]);
  });

  it('leaves no process behind on Ctrl-C, and lets the application drain first', async () => {
    const directory = house.fresh();
    // A group of its own, as a terminal gives to what it runs in the foreground.
    const application = house.start(directory, { drains: 'listens after' }, { detached: true });
    await application.up();
    process.kill(-application.pid, 'SIGINT');
    expect(await application.says()).toEqual({ drained: true });
    expect(await application.ended).toEqual({ code: 0, signal: null });
    expect(serversIn(directory)).toEqual([]);
  });

  it.runIf(asRoot)('runs under a plain user when the application is root', async () => {
    const directory = house.fresh();
    const application = house.start(directory);
    await application.up();
    const owners = new Set(serversIn(directory).map((pid) => statSync(`/proc/${pid}`).uid));
    expect([...owners]).toEqual([statSync(join(directory, 'data')).uid]);
    expect(owners.has(0)).toBe(false);
    await application.told('stop');
  });
});
