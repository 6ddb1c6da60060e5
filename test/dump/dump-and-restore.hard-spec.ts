import { On, PostgresProjectionStorage, Projection, Projections } from '@annals/cqrs';
import type { ProjectionContext } from '@annals/cqrs';
import type { RecordedEvent } from '@annals/event-store';
import { DomainEvent, LogEventStore } from '@annals/event-store';
import { PostgresLog, startOf, TypeOrmUnitOfWork } from '@annals/log';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DebianCluster } from './debian-cluster.js';
import { debianPrograms, dumpAndRestore, startDebianCluster } from './debian-cluster.js';

@DomainEvent('dump-test-happened')
class Happened {
  constructor(readonly n: number) {}
}

@Projection({ name: 'dump-test' })
class Copied {
  @On(Happened)
  async copy({ data }: RecordedEvent<Happened>, { manager }: ProjectionContext): Promise<void> {
    await manager.query('INSERT INTO public.copied (n) VALUES ($1)', [data.n]);
  }
}

/** A store with one projection, on whatever database it is given. */
async function openHouse(connectionString: string) {
  const log = await PostgresLog.open({ connectionString });
  const dataSource = await new DataSource({ type: 'postgres', url: connectionString }).initialize();
  const store = new LogEventStore({ log, unitOfWork: new TypeOrmUnitOfWork(dataSource, log), wakesReaders: log });
  const projections = new Projections(store, await PostgresProjectionStorage.open(log.database, dataSource));
  projections.add(new Copied());
  return {
    log,
    store,
    dataSource,
    projections,
    stop: async () => {
      await projections.stop();
      await dataSource.destroy();
      await log.stop();
    },
  };
}

const bin = debianPrograms();

// PostgreSQL's own pg_dump must be as new as the server, and the embedded package brings none.
describe.skipIf(bin === undefined)('After pg_dump into a fresh cluster', () => {
  let clusters: DebianCluster[] = [];
  const programs = bin ?? '';
  beforeAll(async () => {
    clusters = await Promise.all([startDebianCluster(programs), startDebianCluster(programs)]);
  });
  afterAll(async () => {
    await Promise.all(clusters.map((cluster) => cluster.stop()));
  });

  it('checkpoints inside go on where they were, and tokens from outside are refused', async () => {
    const [from = '', to = ''] = clusters.map(({ connectionString }) => connectionString);
    const append = async (house: Awaited<ReturnType<typeof openHouse>>, first: number): Promise<readonly number[]> => {
      for (let n = first; n < first + 50; n++) await house.store.append(`dump-${n % 7}`, 'any', [new Happened(n)]);
      return house.store.head();
    };
    const copied = async ({ dataSource }: { dataSource: DataSource }): Promise<number[]> => {
      const rows: { n: number }[] = await dataSource.query('SELECT n FROM public.copied ORDER BY n');
      return rows.map(({ n }) => n);
    };
    const upTo = (end: number): number[] => Array.from({ length: end }, (_, n) => n);

    const old = await openHouse(from);
    await old.dataSource.query('CREATE TABLE public.copied (n int)');
    old.projections.start();
    await old.projections.reached('dump-test', await append(old, 0));
    await old.projections.stop();
    // Stored but not yet projected when the dump is made.
    const head = await append(old, 50);
    const token = await old.store.toToken(head);
    await old.stop();
    await dumpAndRestore(programs, from, to);

    const restored = await openHouse(to);
    expect(await restored.store.head()).toEqual(head);
    await expect(restored.store.fromToken(token)).rejects.toMatchObject({ code: 'STORE_CHECKPOINT_AHEAD' });
    expect(await restored.store.fromToken(await restored.store.toToken(head))).toEqual(head);
    restored.projections.start();
    await restored.projections.reached('dump-test', head, { timeoutMs: 30_000 });
    expect(await copied(restored)).toEqual(upTo(100));
    await restored.projections.reached('dump-test', await append(restored, 100), { timeoutMs: 30_000 });
    expect(await copied(restored)).toEqual(upTo(150));

    const positions: number[] = [];
    for await (const { position } of restored.store.readAll(startOf(restored.log.partitions))) positions.push(position);
    expect(positions).toHaveLength(150);
    expect(positions).toEqual([...positions].sort((one, other) => one - other));
    await expect(restored.dataSource.query('DELETE FROM annals.event')).rejects.toThrow(/append-only/);
    await restored.stop();
  });
});
