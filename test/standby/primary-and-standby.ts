import { randomBytes } from 'node:crypto';
import { appendFileSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Database } from '@annals/postgres';
import { startEmbeddedPostgres } from '../../libs/postgres/src/embedded/index.js';
import type { EmbeddedPostgres } from '../../libs/postgres/src/embedded/index.js';

const plain = (text: string) => ({ name: '', text });

/** A server and its process. */
class Server {
  constructor(
    readonly directory: string,
    readonly server: EmbeddedPostgres,
  ) {}

  get connectionString(): string {
    return this.server.connectionString;
  }

  signal(name: NodeJS.Signals): void {
    process.kill(this.#pid, name);
  }

  /** Stops the receiver of the primary's log, and so whatever comes of it, while the connection stays. */
  async signalReceiver(name: NodeJS.Signals): Promise<void> {
    const database = new Database({ connectionString: this.connectionString, maxConnections: 1 });
    const [row] = await database.query<readonly [number]>(plain('SELECT pid FROM pg_stat_wal_receiver'));
    await database.stop();
    if (row === undefined) throw new Error('The standby receives nothing');
    process.kill(row[0], name);
  }

  get #pid(): number {
    return Number(readFileSync(join(this.directory, 'data', 'postmaster.pid'), 'utf8').split('\n')[0]);
  }
}

/** A primary, and a standby that streams from it: a cold copy of its data. Durable, since that is what is tested. */
export class PrimaryAndStandby {
  static async start(): Promise<PrimaryAndStandby> {
    const place = join(tmpdir(), `annals-standby-${randomBytes(4).toString('hex')}`);
    const [primary, standby] = [join(place, 'primary'), join(place, 'standby')];
    await (await startEmbeddedPostgres({ directory: primary })).stop();
    cpSync(primary, standby, { recursive: true });
    const first = await startEmbeddedPostgres({ directory: primary });
    const { hostname, port, username, password } = new URL(first.connectionString);
    writeFileSync(join(standby, 'data', 'standby.signal'), '');
    appendFileSync(
      join(standby, 'data', 'postgresql.auto.conf'),
      `primary_conninfo = 'host=${hostname} port=${port} user=${username} password=${password}'\n`,
    );
    const second = await startEmbeddedPostgres({ directory: standby });
    return new PrimaryAndStandby(place, new Server(primary, first), new Server(standby, second));
  }

  private constructor(
    private readonly place: string,
    readonly primary: Server,
    public standby: Server,
  ) {}

  /** Starts the standby again after its end. */
  async restartStandby(): Promise<void> {
    const { directory, server } = this.standby;
    await server.stop().catch(() => undefined);
    this.standby = new Server(directory, await startEmbeddedPostgres({ directory }));
  }

  /** Makes the standby a primary, as an operator does when the primary is gone. */
  async promote(): Promise<void> {
    const database = new Database({ connectionString: this.standby.connectionString, maxConnections: 1 });
    await database.query(plain('SELECT pg_promote()'));
    await database.stop();
  }

  async stop(): Promise<void> {
    await Promise.allSettled([this.standby.server.stop(), this.primary.server.stop()]);
    rmSync(this.place, { recursive: true, force: true });
  }
}
