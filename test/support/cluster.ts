import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../../libs/postgres/src/embedded/index.js';
import type { EmbeddedPostgres } from '../../libs/postgres/src/embedded/index.js';

const URL_VARIABLE = 'ANNALS_TEST_DATABASE_URL';

async function startCluster(): Promise<() => Promise<void>> {
  const temporary = mkdtempSync(join(tmpdir(), 'annals-test-'));
  chmodSync(temporary, 0o711);
  const cluster: EmbeddedPostgres = await startEmbeddedPostgres({
    directory: join(temporary, 'cluster'),
    durable: false,
    removeOnStop: true,
    settings: { max_connections: '200' },
  });
  process.env[URL_VARIABLE] = cluster.connectionString;
  return async () => {
    delete process.env[URL_VARIABLE];
    await cluster.stop();
    rmSync(temporary, { recursive: true, force: true });
  };
}

/**
 * Vitest's globalSetup: one embedded cluster for all test files of a run, unless ANNALS_TEST_DATABASE_URL names a server.
 * Vitest calls it once per project; the first call starts the cluster, the others find its address set.
 */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  return process.env[URL_VARIABLE] === undefined ? startCluster() : undefined;
}
