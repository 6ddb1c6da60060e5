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
  /** Listens to SIGINT by `once` and goes on with queries for a while before it stops, as an application that drains. */
  readonly drains?: boolean;
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

async function run({ options, platform, drains }: Orders): Promise<void> {
  if (platform !== undefined) Object.defineProperty(process, 'platform', { value: platform });
  const input = createInterface({ input: process.stdin });
  try {
    const server = await startEmbeddedPostgres(options);
    if (drains) process.once('SIGINT', () => void drain(server));
    tell({ url: server.connectionString, started: server.started });
    for await (const command of input) await obey(server, command);
  } catch (error) {
    const { code, message, name } = error as NodeJS.ErrnoException;
    tell({ failed: { code, message, name } });
  }
}

await run(JSON.parse(process.argv[2] ?? '{}') as Orders);
