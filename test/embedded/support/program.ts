import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../../libs/postgres/src/embedded/index.js';
import type { EmbeddedPostgres, EmbeddedPostgresOptions } from '../../../libs/postgres/src/embedded/index.js';

/*
 * An application on the embedded PostgreSQL, for tests to start, command and kill. Writes one JSON object per line and
 * takes one command per line. Its argument is JSON.
 */

/** What a test tells the program at start. */
export interface Orders {
  readonly options: EmbeddedPostgresOptions;
  /** Pretends to run on another platform. */
  readonly platform?: NodeJS.Platform;
  /**
   * Listens to SIGINT by `once`, from before or after the start, and goes on with queries for a while before it stops, as
   * an application that drains.
   */
  readonly drains?: 'listens before' | 'listens after';
  /** Has a listener as the package signal-exit sets it: it ends the process only if all listeners are its own. */
  readonly signalExit?: boolean;
  /** As Nest's shutdown hooks: takes its listener away when all is done and raises the signal again, without stop(). */
  readonly raisesAgain?: boolean;
}

const tell = (line: object): boolean => process.stdout.write(`${JSON.stringify(line)}\n`);

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(text)).rows as unknown[];
  } finally {
    await client.end();
  }
}

async function drain(server: EmbeddedPostgres): Promise<void> {
  for (let left = 10; left > 0; left--) {
    await query(server.connectionString, 'SELECT 1');
    await sleep(20);
  }
  await server.stop();
  tell({ drained: true });
  process.exit(0);
}

async function obey(server: EmbeddedPostgres, command: string): Promise<void> {
  if (command === 'exit') process.exit(3);
  if (command === 'throw') {
    setImmediate(() => {
      throw new Error('uncaught on purpose');
    });
  } else if (command === 'stop') {
    await server.stop();
    tell({ stopped: true });
  } else if (command === 'stop twice at once') {
    await Promise.all([server.stop(), server.stop()]);
    await server.stop();
    tell({ stopped: true });
  } else {
    tell({ rows: await query(server.connectionString, command) });
  }
}

function listenAsSignalExit(): void {
  Object.assign(globalThis, { [Symbol.for('signal-exit emitter')]: { count: 1 } });
  const onSignal = (): void => {
    if (process.listenerCount('SIGINT') > 1) return;
    process.off('SIGINT', onSignal);
    process.kill(process.pid, 'SIGINT');
  };
  process.on('SIGINT', onSignal);
}

function listenAndRaiseAgain(): void {
  const onSignal = (): void =>
    void sleep(50).then(() => {
      process.off('SIGINT', onSignal);
      process.kill(process.pid, 'SIGINT');
    });
  process.on('SIGINT', onSignal);
}

async function run({ options, platform, drains, signalExit, raisesAgain }: Orders): Promise<void> {
  if (platform !== undefined) Object.defineProperty(process, 'platform', { value: platform });
  if (signalExit) listenAsSignalExit();
  if (raisesAgain) listenAndRaiseAgain();
  const server: { current?: EmbeddedPostgres } = {};
  const onSignal = (): void => void (server.current && drain(server.current));
  if (drains === 'listens before') process.once('SIGINT', onSignal);
  const input = createInterface({ input: process.stdin });
  try {
    const started = await startEmbeddedPostgres(options);
    server.current = started;
    if (drains === 'listens after') process.once('SIGINT', onSignal);
    tell({ url: started.connectionString, started: started.started });
    for await (const command of input) await obey(started, command);
  } catch (error) {
    const { code, message, name } = error as NodeJS.ErrnoException;
    tell({ failed: { code, message, name } });
  }
}

await run(JSON.parse(process.argv[2] ?? '{}') as Orders);
