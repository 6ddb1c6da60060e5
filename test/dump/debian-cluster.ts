import { execFile, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = '/usr/lib/postgresql';
const NOBODY = 65_534;

/** Where Debian's PostgreSQL keeps its programs, of the newest version installed; undefined where there is none. */
export function debianPrograms(): string | undefined {
  if (!existsSync(ROOT)) return undefined;
  const versions = readdirSync(ROOT).sort((one, other) => Number(other) - Number(one));
  return versions.map((version) => join(ROOT, version, 'bin')).find((bin) => existsSync(join(bin, 'initdb')));
}

/** A cluster of Debian's PostgreSQL, made for one test. */
export interface DebianCluster {
  readonly connectionString: string;
  stop(): Promise<void>;
}

/** Makes and starts a cluster; as root under `nobody`, since PostgreSQL refuses to run as root. */
export async function startDebianCluster(bin: string): Promise<DebianCluster> {
  const identity = userInfo().uid === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  const directory = await mkdtemp(join(tmpdir(), 'annals-debian-'));
  if (identity.uid !== undefined) await chown(directory, identity.uid, identity.gid);
  const options = { cwd: directory, ...identity };
  const data = join(directory, 'data');
  await run(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale'], options);
  const port = await freePort();
  const settings = ['listen_addresses=127.0.0.1', `port=${port}`, 'unix_socket_directories=', 'fsync=off'];
  const server = spawn(join(bin, 'postgres'), ['-D', data, ...settings.flatMap((setting) => ['-c', setting])], {
    ...options,
    stdio: 'ignore',
  });
  const exited = new Promise((resolve) => server.once('exit', resolve));
  const connectionString = `postgres://postgres@127.0.0.1:${port}/postgres`;
  await answered(bin, connectionString);
  return {
    connectionString,
    stop: async () => {
      server.kill('SIGINT');
      await exited;
      await rm(directory, { recursive: true });
    },
  };
}

/** Copies a whole database into an empty one, as an operator would. */
export async function dumpAndRestore(bin: string, from: string, to: string): Promise<void> {
  const { stdout } = await run(join(bin, 'pg_dump'), ['--dbname', from], { maxBuffer: 1 << 28 });
  const restoring = spawn(join(bin, 'psql'), ['--quiet', '--set', 'ON_ERROR_STOP=1', '--dbname', to], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  restoring.stdin.end(stdout);
  const code = await new Promise((resolve) => restoring.once('exit', resolve));
  if (code !== 0) throw new Error(`psql ended with ${String(code)}`);
}

async function answered(bin: string, connectionString: string): Promise<void> {
  for (;;) {
    const ready = await run(join(bin, 'pg_isready'), ['--quiet', '--timeout', '1', '--dbname', connectionString]).catch(
      () => undefined,
    );
    if (ready) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
