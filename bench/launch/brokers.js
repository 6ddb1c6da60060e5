// @ts-check
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const START_LIMIT_MS = 60_000;

/** @typedef {{ url: string, pid: number, stop: () => Promise<void> }} Broker */

/** @param {string} command @returns {boolean} whether it is installed */
const has = (command) => {
  try {
    execFileSync('which', [command], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/** A NATS server with JetStream's file store, or undefined where none is installed (Debian: nats-server). @returns {Promise<Broker | undefined>} */
export async function startNats() {
  if (!has('nats-server')) return undefined;
  const directory = mkdtempSync(join(tmpdir(), 'annals-bench-nats-'));
  const port = await freePort();
  return start(
    'nats-server',
    ['-js', '-sd', directory, '-a', '127.0.0.1', '-p', String(port)],
    {},
    port,
    directory,
    `nats://127.0.0.1:${port}`,
  );
}

/** A RabbitMQ server, or undefined where none is installed (Debian: rabbitmq-server). @returns {Promise<Broker | undefined>} */
export async function startRabbitMq() {
  if (!has('rabbitmq-server')) return undefined;
  const directory = mkdtempSync(join(tmpdir(), 'annals-bench-rabbitmq-'));
  // The server gives up the rights of root.
  chmodSync(directory, 0o777);
  const [port, distribution] = [await freePort(), await freePort()];
  const environment = {
    RABBITMQ_NODENAME: `annals_bench_${process.pid}@localhost`,
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: String(port),
    RABBITMQ_DIST_PORT: String(distribution),
    RABBITMQ_MNESIA_BASE: join(directory, 'data'),
    RABBITMQ_LOG_BASE: join(directory, 'log'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(directory, 'plugins'),
    RABBITMQ_PID_FILE: join(directory, 'pid'),
    // Or idle schedulers burn the CPU that others are measured with.
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+sbwt none +sbwtdcpu none +sbwtdio none',
  };
  return start('rabbitmq-server', [], environment, port, directory, `amqp://guest:guest@127.0.0.1:${port}`);
}

/** @param {string} command @param {string[]} args @param {Record<string, string>} environment @param {number} port @param {string} directory @param {string} url @returns {Promise<Broker>} */
async function start(command, args, environment, port, directory, url) {
  const child = spawn(command, args, { env: { ...process.env, ...environment }, stdio: 'ignore', detached: true });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    // The server may run as another user in a session of its own, where signals to the script do not reach it.
    const pidFile = environment['RABBITMQ_PID_FILE'];
    if (pidFile !== undefined && existsSync(pidFile)) signal(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL');
    // The whole group: the command may be a script around the server.
    signal(-(/** @type {number} */ (child.pid)), 'SIGTERM');
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 10_000))]);
    signal(-(/** @type {number} */ (child.pid)), 'SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  };
  const limit = Date.now() + START_LIMIT_MS;
  while (!(await answers(port))) {
    if (Date.now() > limit || child.exitCode !== null) {
      await stop();
      throw new Error(`${command} did not answer at port ${port} within ${START_LIMIT_MS} ms`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { url, pid: /** @type {number} */ (child.pid), stop };
}

/** @param {number} pid @param {NodeJS.Signals} name */
function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended already.
  }
}

/** @returns {Promise<number>} */
const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });

/** @param {number} port @returns {Promise<boolean>} */
const answers = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
