import { randomBytes } from 'node:crypto';
import type { PostgresLog } from '@annals/log';
import { newId } from '@annals/message';
import { statements } from '@annals/postgres';
import type { DataKey } from '../../shredding/key-store.js';
import { KeyStore } from '../../shredding/key-store.js';

const KEY_BYTES = 32;

/**
 * Keys in the database of the log, a row each: simple, and forgotten with one commit. Who may read the tables can read the
 * keys as well; where that is too near, the keys belong into a service of their own.
 */
export class PostgresKeyStore extends KeyStore {
  private readonly sql;

  /** @param random gives so many unpredictable bytes. @default those of the operating system */
  constructor(
    private readonly log: PostgresLog,
    private readonly random: (bytes: number) => Uint8Array = randomBytes,
  ) {
    super();
    this.sql = statements(import.meta.url, log.schema, ['current-keys', 'erase-keys', 'find-keys', 'make-keys']);
  }

  override async current(subjects: readonly string[]): Promise<ReadonlyMap<string, DataKey>> {
    const keys = await this.read(subjects);
    const missing = subjects.filter((subject) => !keys.has(subject)).sort();
    if (missing.length === 0) return keys;
    const bytes = missing.map(() => Buffer.from(this.random(KEY_BYTES)));
    await this.log.database.query(this.sql['make-keys'], [missing.map(() => newId()), missing, bytes]);
    // Another may have been faster: what counts is what is stored.
    return this.current(subjects);
  }

  override async find(ids: readonly string[]): Promise<ReadonlyMap<string, DataKey>> {
    const rows = await this.log.database.query<readonly [string, Buffer]>(this.sql['find-keys'], [ids]);
    return new Map(rows.map(([id, bytes]) => [id, { id, bytes }]));
  }

  override async erase(subject: string): Promise<void> {
    await this.log.database.query(this.sql['erase-keys'], [subject]);
  }

  private async read(subjects: readonly string[]): Promise<ReadonlyMap<string, DataKey>> {
    const rows = await this.log.database.query<readonly [string, string, Buffer]>(this.sql['current-keys'], [subjects]);
    return new Map(rows.map(([subject, id, bytes]) => [subject, { id, bytes }]));
  }
}
