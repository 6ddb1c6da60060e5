import { AsyncResource } from 'node:async_hooks';
import { newId } from '@annals/message';
import { openFaultyLine, openTestDatabase } from '@annals/postgres/testing';
import { DataSource, EntitySchema } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ExpectedRevision, StreamAppend } from '../../../stream-append.js';
import { appendedOrThrow } from '../../../appended-or-throw.js';
import { PostgresLog } from '../postgres-log.js';
import { TypeOrmUnitOfWork } from './typeorm-unit-of-work.js';

const Row = new EntitySchema<{ id: string; value: number }>({
  name: 'row',
  columns: { id: { type: 'text', primary: true }, value: { type: 'int' } },
});

const record = (type = 'happened') => ({
  id: newId(),
  type,
  version: 1,
  data: '{}',
  metadata: null,
  correlationId: null,
  tenant: null,
});

describe('TypeOrmUnitOfWork', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  let log: PostgresLog;
  let dataSource: DataSource;
  let units: TypeOrmUnitOfWork;
  let stream = '';

  const openSource = (connectionString: string): Promise<DataSource> =>
    new DataSource({
      type: 'postgres',
      url: connectionString,
      entities: [Row],
      synchronize: true,
      poolSize: 5,
    }).initialize();

  beforeAll(async () => {
    database = await openTestDatabase();
    log = await PostgresLog.open({ connectionString: database.connectionString });
    dataSource = await openSource(database.connectionString);
    units = new TypeOrmUnitOfWork(dataSource, log);
  });
  afterAll(async () => {
    await dataSource.destroy();
    await log.stop();
    await database.drop();
  });
  beforeEach(() => {
    stream = `order-${newId()}`;
  });

  const appendTo = (name: string, expected: ExpectedRevision = 'any'): StreamAppend => ({
    stream: name,
    expected,
    records: [record()],
  });
  /** As the event store does it. */
  const append = async (name: string, expected: ExpectedRevision = 'any', in_ = units): Promise<void> => {
    const unit = in_.current();
    if (unit) unit.enrol([appendTo(name, expected)]);
    else appendedOrThrow(await log.append([appendTo(name, expected)]));
  };
  const stored = async (name = stream): Promise<number> => (await log.readStream(name, {}, 100, 'forwards')).length;
  const insert = (manager: EntityManager, id = stream, value = 1) => manager.insert('row', { id, value });
  const hasRow = (id = stream) => dataSource.manager.existsBy('row', { id });

  it('takes back what was enrolled since a savepoint that is rolled back', async () => {
    const { appended } = await units.run(async (manager) => {
      await append(stream);
      const nested = manager.transaction(async (inner) => {
        await insert(inner);
        await append(stream);
        await append(`${stream}x`);
        throw new Error('inner');
      });
      await expect(nested).rejects.toThrow('inner');
      await manager.transaction(() => append(stream));
    });
    expect(appended.map(({ revision }) => revision)).toEqual([1, 2]);
    expect([await hasRow(), await stored(), await stored(`${stream}x`)]).toEqual([false, 2, 0]);
  });

  it('makes a unit inside a unit a savepoint of it', async () => {
    await units.run(async (manager) => {
      await insert(manager);
      await append(stream);
      const inner = units.run(async (same) => {
        expect(same.queryRunner).toBe(manager.queryRunner);
        await append(stream);
        throw new Error('inner');
      });
      await expect(inner).rejects.toThrow('inner');
    });
    expect([await hasRow(), await stored()]).toEqual([true, 1]);
  });

  it('refuses an append in a transaction that no unit has joined', async () => {
    const refused = { code: 'STORE_NOT_JOINED' };
    await dataSource.transaction(() => expect(append(stream)).rejects.toMatchObject(refused));
    const runner = dataSource.createQueryRunner();
    await runner.startTransaction();
    await expect(append(stream)).rejects.toMatchObject(refused);
    await runner.rollbackTransaction();
    await runner.release();
    await append(stream);
    await units.run(() => dataSource.transaction(() => expect(append(stream)).rejects.toMatchObject(refused)));
    expect(await stored()).toBe(1);
  });

  it('leaves code outside a transaction alone while one is open elsewhere', async () => {
    let release = (): void => undefined;
    let opened = (): void => undefined;
    const isOpen = new Promise<void>((resolve) => (opened = resolve));
    const elsewhere = dataSource.transaction(() => {
      opened();
      return new Promise<void>((resolve) => (release = resolve));
    });
    await isOpen;
    await append(stream);
    release();
    await elsewhere;
    expect(await stored()).toBe(1);
  });

  it('joins a transaction and flushes before its commit', async () => {
    await dataSource.transaction(async (manager) => {
      await insert(manager);
      await units.join(manager, () => append(stream));
      expect(await stored()).toBe(0);
      await append(stream);
    });
    expect([await hasRow(), await stored()]).toEqual([true, 2]);

    const other = `${stream}x`;
    const conflicting = dataSource.transaction(async (manager) => {
      await insert(manager, other);
      await units.join(manager, () => append(stream, 'no-stream'));
    });
    await expect(conflicting).rejects.toMatchObject({ code: 'STORE_WRONG_EXPECTED_REVISION' });
    expect([await hasRow(other), await stored()]).toEqual([false, 2]);
    await expect(units.join(dataSource.manager, () => append(stream))).rejects.toMatchObject({
      code: 'STORE_NO_TRANSACTION',
    });
  });

  it('refuses a transaction whose snapshot is older than the lock', async () => {
    const work = dataSource.transaction('REPEATABLE READ', async (manager) => {
      await insert(manager);
      await units.join(manager, () => append(stream));
    });
    await expect(work).rejects.toMatchObject({ code: 'LOG_ISOLATION_LEVEL', level: 'repeatable read' });
    expect([await hasRow(), await stored()]).toEqual([false, 0]);
  });

  it('refuses an append that was not awaited before the flush', async () => {
    let late = (): Promise<void> => Promise.resolve();
    await units.run(async () => {
      await append(stream);
      late = AsyncResource.bind(() => append(stream));
    });
    await expect(late()).rejects.toMatchObject({ code: 'STORE_UNIT_OF_WORK_CLOSED' });
    expect(await stored()).toBe(1);
  });

  it('does not deadlock two units that write the same streams in opposite order', async () => {
    const other = `order-${newId()}`;
    const both = (one: string, two: string) =>
      units.run(async (manager) => {
        await insert(manager, newId());
        await append(one);
        await append(two);
      });
    await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 ? both(stream, other) : both(other, stream))));
    expect([await stored(), await stored(other)]).toEqual([20, 20]);
  });

  it('does not hold a partition while it waits for a row of the application', async () => {
    await insert(dataSource.manager);
    let locked = (): void => undefined;
    let go = (): void => undefined;
    const hasLocked = new Promise<void>((resolve) => (locked = resolve));
    const mayGo = new Promise<void>((resolve) => (go = resolve));
    const first = units.run(async (manager) => {
      await manager.update('row', { id: stream }, { value: 2 });
      await append(stream);
      locked();
      await mayGo;
    });
    await hasLocked;
    const second = units.run(async (manager) => {
      await append(stream);
      await manager.update('row', { id: stream }, { value: 3 });
    });
    // The second waits for the first's row; the stream's partition is free for anybody all the same.
    await append(stream);
    go();
    await Promise.all([first, second]);
    expect(await stored()).toBe(3);
  });

  describe('on a line that breaks', () => {
    const onBrokenLine = async (
      fault: 'cut-before' | 'cut-before-answer',
      work: (units: TypeOrmUnitOfWork) => Promise<unknown>,
    ): Promise<void> => {
      const line = await openFaultyLine(database.connectionString);
      const source = await openSource(line.connectionString);
      try {
        const broken = new TypeOrmUnitOfWork(source, log);
        line.fault((sent) => (sent.includes('COMMIT\0') ? fault : 'none'));
        await work(broken);
      } finally {
        await source.destroy();
        await line.stop();
      }
    };

    it('finds out that a unit was committed though the answer to COMMIT was lost', async () => {
      await onBrokenLine('cut-before-answer', async (broken) => {
        const { appended } = await broken.run(async (manager) => {
          await insert(manager);
          await append(stream, 'no-stream', broken);
        });
        expect(appended).toMatchObject([{ revision: 1 }]);
      });
      expect([await hasRow(), await stored()]).toEqual([true, 1]);
    });

    it('finds out the same of a unit without events', async () => {
      await onBrokenLine('cut-before-answer', (broken) => broken.run((manager) => insert(manager)));
      expect(await hasRow()).toBe(true);
    });

    it('says that nothing was written when COMMIT did not arrive', async () => {
      await onBrokenLine('cut-before', async (broken) => {
        const lost = { code: 'LOG_UNAVAILABLE', retryable: true };
        const withEvents = broken.run(async (manager) => {
          await insert(manager);
          await append(stream, 'no-stream', broken);
        });
        await expect(withEvents).rejects.toMatchObject(lost);
        await expect(broken.run((manager) => insert(manager))).rejects.toMatchObject(lost);
      });
      expect([await hasRow(), await stored()]).toEqual([false, 0]);
    });
  });
});
