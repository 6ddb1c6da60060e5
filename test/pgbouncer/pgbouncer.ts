import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

const PROGRAM = '/usr/sbin/pgbouncer';
const NOBODY = 65_534;

/** Whether Debian's pgbouncer is installed. */
export const hasPgBouncer = existsSync(PROGRAM);

/** A pgbouncer in transaction mode before a database. */
export interface PgBouncer {
  readonly connectionString: string;
  stop(): Promise<void>;
}

/** Starts one; as root under `nobody`, since it refuses to run as root. */
export async function startPgBouncer(databaseUrl: string): Promise<PgBouncer> {
  const { hostname, port, username, password, pathname } = new URL(databaseUrl);
  const identity = userInfo().uid === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  const directory = await mkdtemp(join(tmpdir(), 'annals-pgbouncer-'));
  const own = await freePort();
  const place = `host=${hostname} port=${port} user=${username} password=${decodeURIComponent(password)}`;
  const settings = [
    '[databases]',
    `${pathname.slice(1)} = ${place}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${own}`,
    'unix_socket_dir =',
    'auth_type = any',
    'pool_mode = transaction',
    'default_pool_size = 10',
    'ignore_startup_parameters = extra_float_digits',
  ];
  const file = join(directory, 'pgbouncer.ini');
  await writeFile(file, `${settings.join('\n')}\n`);
  if (identity.uid !== undefined) for (const path of [directory, file]) await chown(path, identity.uid, identity.gid);
  const child = spawn(PROGRAM, ['-q', file], { cwd: directory, ...identity, stdio: 'ignore' });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  while (!(await answers(own))) {
    if (child.exitCode !== null) throw new Error(`pgbouncer ended with ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(own);
  return {
    connectionString: url.href,
    stop: async () => {
      child.kill('SIGKILL');
      await exited;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
