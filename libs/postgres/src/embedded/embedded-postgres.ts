import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { findBinaries } from './binaries.js';

/** How the embedded PostgreSQL is run. */
export interface EmbeddedPostgresOptions {
  /** Where data, log and locks are kept. @default '.annals' in the working directory */
  readonly directory?: string;
  /** The database to connect to, created when missing. @default 'annals' */
  readonly database?: string;
  /** False gives up crash safety for speed (fsync off). For throw-away test clusters only. @default true */
  readonly durable?: boolean;
  /** Removes the directory when the last user leaves. @default false */
  readonly removeOnStop?: boolean;
  /** Further settings of PostgreSQL, by name. @default {} */
  readonly settings?: Readonly<Record<string, string>>;
}

/** One user's hold on a running embedded PostgreSQL. */
export interface EmbeddedPostgres {
  readonly connectionString: string;
  /** Lets go; the last user out stops the server. May be called twice. */
  stop(): Promise<void>;
}

const USER = 'annals';
const NOBODY = { uid: 65_534, gid: 65_534 };

const freePort = async (): Promise<number> => {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
};

async function initialise(directory: string, password: string, identity: Partial<typeof NOBODY>): Promise<void> {
  const passwordFile = join(directory, 'initial-password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (identity.uid !== undefined) chownSync(passwordFile, identity.uid, NOBODY.gid);
  const data = join(directory, 'data');
  mkdirSync(data, { mode: 0o700 });
  if (identity.uid !== undefined) chownSync(data, identity.uid, NOBODY.gid);
  await promisify(execFile)(
    findBinaries().initdb,
    [
      `--pgdata=${data}`,
      `--username=${USER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-sync',
    ],
    { ...identity, cwd: '/' },
  );
  rmSync(passwordFile);
}

async function ready(connectionString: string, exited: () => boolean, log: string): Promise<void> {
  for (;;) {
    const client = new pg.Client({ connectionString });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (exited())
        throw new Error(`PostgreSQL ended at start: ${readFileSync(log, 'utf8').slice(-2_000)}`, { cause: error });
      await sleep(25);
    }
  }
}

/** Starts, or attaches to, the PostgreSQL of a directory. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions = {}): Promise<EmbeddedPostgres> {
  const directory = resolve(options.directory ?? '.annals');
  mkdirSync(directory, { recursive: true, mode: 0o711 });
  const identity = process.getuid?.() === 0 ? NOBODY : {};
  const passwordFile = join(directory, 'password');
  if (!existsSync(passwordFile)) writeFileSync(passwordFile, randomBytes(24).toString('hex'), { mode: 0o600 });
  const password = readFileSync(passwordFile, 'utf8');
  if (!existsSync(join(directory, 'data'))) await initialise(directory, password, identity);
  const port = await freePort();
  const log = join(directory, 'postgres.log');
  const output = openSync(log, 'a', 0o600);
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    ...(options.durable === false ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } : {}),
    ...options.settings,
  };
  const child = spawn(
    findBinaries().postgres,
    ['-D', join(directory, 'data'), ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    { ...identity, cwd: '/', detached: true, stdio: ['ignore', output, output] },
  );
  closeSync(output);
  const ended = new Promise<void>((end) => child.once('exit', () => end()));
  const url = (database: string): string => `postgresql://${USER}:${password}@127.0.0.1:${port}/${database}`;
  await ready(url('postgres'), () => child.exitCode !== null, log);
  const client = new pg.Client({ connectionString: url('postgres') });
  await client.connect();
  const database = options.database ?? 'annals';
  const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [database]);
  if (rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(database)}`);
  await client.end();
  const kill = (): boolean => child.kill('SIGINT');
  process.once('exit', kill);
  child.unref();
  return {
    connectionString: url(database),
    stop: async () => {
      process.off('exit', kill);
      child.ref();
      if (child.exitCode === null) {
        kill();
        await ended;
      }
      if (options.removeOnStop) rmSync(directory, { recursive: true, force: true });
    },
  };
}
