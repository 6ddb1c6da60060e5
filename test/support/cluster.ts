import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeEmbeddedPostgres, startEmbeddedPostgres } from '../../libs/postgres/src/embedded/index.js';

const URL_VARIABLE = 'ANNALS_TEST_DATABASE_URL';
const PREFIX = 'annals-test-cluster-';

/** Removes the clusters of runs that were killed; those of runs that still go on stay, and so do other users'. */
async function removeForsaken(): Promise<void> {
  const left = readdirSync(tmpdir()).filter((name) => name.startsWith(PREFIX) && !name.includes('.removed-'));
  await Promise.allSettled(left.map((name) => removeEmbeddedPostgres(join(tmpdir(), name))));
}

async function startCluster(): Promise<() => Promise<void>> {
  await removeForsaken();
  const cluster = await startEmbeddedPostgres({
    directory: join(tmpdir(), PREFIX + randomBytes(6).toString('hex')),
    durable: false,
    removeOnStop: true,
    settings: { max_connections: '200' },
  });
  process.env[URL_VARIABLE] = cluster.connectionString;
  return async () => {
    delete process.env[URL_VARIABLE];
    await cluster.stop();
  };
}

/**
 * Vitest's globalSetup: one embedded cluster, without fsync, for all test files of a run, unless ANNALS_TEST_DATABASE_URL
 * names a server. Vitest calls it once per project; the first call starts the cluster, the others find its address set.
 */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  return process.env[URL_VARIABLE] === undefined ? startCluster() : undefined;
}
