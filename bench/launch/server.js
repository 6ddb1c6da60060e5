// @ts-check
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Names the server to measure on: the one of `BENCH_DATABASE_URL` (its user must be allowed to create databases), else an
 * embedded PostgreSQL of this run's own with durable defaults, removed afterwards.
 *
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>}
 */
export async function openServer() {
  const given = process.env['BENCH_DATABASE_URL'];
  if (given !== undefined && given !== '') return { url: given, stop: () => Promise.resolve() };
  const { startEmbeddedPostgres } = await import(
    new URL('../../dist/libs/postgres/src/embedded/index.js', import.meta.url).href
  );
  const server = await startEmbeddedPostgres({
    directory: join(tmpdir(), `annals-bench-${randomUUID()}`),
    removeOnStop: true,
  });
  return { url: server.connectionString, stop: () => server.stop() };
}
