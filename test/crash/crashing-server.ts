import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEmbeddedPostgres } from '../../libs/postgres/src/embedded/index.js';
import type { EmbeddedPostgres } from '../../libs/postgres/src/embedded/index.js';

/** A server that crashes when told to, and is started again where it was. */
export class CrashingServer {
  readonly #directory = join(tmpdir(), `annals-crash-${randomBytes(4).toString('hex')}`);
  #server: EmbeddedPostgres | undefined;

  async start(): Promise<string> {
    this.#server = await startEmbeddedPostgres({ directory: this.#directory, removeOnStop: true });
    return this.#server.connectionString;
  }

  /** Without a word to anybody: what is not on disk is gone. */
  async crash(): Promise<void> {
    const pid = Number(readFileSync(join(this.#directory, 'data', 'postmaster.pid'), 'utf8').split('\n')[0]);
    process.kill(pid, 'SIGKILL');
    const before = this.#server;
    await sleep(200);
    await this.start();
    await before?.stop();
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }
}
