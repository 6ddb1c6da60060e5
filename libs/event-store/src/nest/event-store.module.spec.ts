import { Log, PostgresLog, UnitOfWork, WakesReaders } from '@annals/log';
import { Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { DataSource } from 'typeorm';
import { describe, expect, it } from 'vitest';
import { EventStore } from '../event-store.js';
import { all, events, failureOf } from '../testing/store-under-test.js';
import type { EventStoreModuleOptions } from './event-store.options.js';
import { EventStoreModule } from './event-store.module.js';

@Injectable()
class Orders {
  constructor(
    readonly store: EventStore,
    readonly unitOfWork: UnitOfWork,
  ) {}
}

@Module({ providers: [Orders], exports: [Orders] })
class OrdersModule {}

const boot = (options: EventStoreModuleOptions) =>
  Test.createTestingModule({ imports: [EventStoreModule.forRoot(options), OrdersModule] }).compile();

describe('EventStoreModule', () => {
  it('provides the store and its ports everywhere, all on one log', async () => {
    const app = await boot({ engine: 'in-memory', partitions: 3 });
    const { store, unitOfWork } = app.get(Orders);
    await unitOfWork.run(() => store.append('order-1', 'no-stream', events(2)));
    expect(await all(app.get(EventStore).readAll())).toHaveLength(2);
    expect(app.get(Log)).toMatchObject({ partitions: 3 });
    expect(app.get(WakesReaders)).toBe(app.get(Log));
    expect(app.get(UnitOfWork)).toBe(unitOfWork);
    expect(app.get(PostgresLog)).toBeUndefined();
    await app.close();
  });

  it('takes its options from a factory', async () => {
    const imports = [EventStoreModule.forRootAsync({ useFactory: () => ({ engine: 'in-memory', maxEventBytes: 5 }) })];
    const app = await Test.createTestingModule({ imports }).compile();
    const tooLong = app.get(EventStore).append('a', 'any', [{ type: 'a', data: '1234' }]);
    expect(await failureOf(tooLong)).toMatchObject({ code: 'MESSAGE_TOO_LARGE' });
    await app.close();
  });

  it('stops the log when the application closes', async () => {
    const app = await boot({ engine: 'in-memory' });
    await app.init();
    const store = app.get(EventStore);
    await app.close();
    expect(await failureOf(store.append('a', 'any', events(1)))).toMatchObject({ code: 'LOG_UNAVAILABLE' });
  });

  it('ends the boot with every fault of the options at once', async () => {
    const dataSource = { isInitialized: false, options: { type: 'mysql' } } as unknown as DataSource;
    const faulty = {
      engine: 'mysql',
      partitions: 0,
      maxEventBytes: 1.5,
      dataSource,
    } as unknown as EventStoreModuleOptions;
    expect(await failureOf(boot(faulty))).toMatchObject({
      name: 'RangeError',
      message: expect.stringMatching(
        /engine .*connectionString .*initialized.*'postgres', not 'mysql'.*partitions .*maxEventBytes /s,
      ) as string,
    });
    const misplaced = boot({ engine: 'in-memory', connectionString: 'postgres://x', schema: 'a', dataSource: 'own' });
    expect((await failureOf(misplaced)).message).toMatch(
      /connectionString means nothing.*schema means.*dataSource means/,
    );
  });
});
