import { Log, PostgresLog } from '@annals/log';
import { newId } from '@annals/message';
import { openTestDatabase } from '@annals/postgres/testing';
import type { TestDatabase } from '@annals/postgres/testing';
import { Global, Injectable, Module, Scope } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource, EntityManager } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Bus } from '../bus.js';
import type { Delivery } from '../handling/delivery.js';
import { eventually, failureOf, QUICK, Seen } from '../testing/bus-under-test.js';
import type { TopicRecord } from '../topics/topic-record.js';
import { Subscribe } from './bus.decorators.js';
import { BusModule } from './bus.module.js';

const seen = { billing: new Seen(), batches: [] as number[], events: new Seen() };

@Injectable()
class Billing {
  @Subscribe({ ...QUICK, topic: 'orders', group: 'billing', guarantee: 'effectively-once' })
  async bill(record: TopicRecord, { manager }: Delivery): Promise<void> {
    await (manager as EntityManager).query('INSERT INTO bill (name) VALUES ($1)', [record.value]);
    if (record.value === 'poison' && !seen.billing.values.includes('poison')) {
      seen.billing.handle(record);
      throw new Error('once');
    }
    seen.billing.handle(record);
  }

  @Subscribe({ ...QUICK, topic: 'orders', group: 'statistics', batch: true })
  count(records: readonly TopicRecord[]): void {
    seen.batches.push(records.length);
  }

  @Subscribe({ ...QUICK, topic: 'events', group: 'audit', filter: { types: ['order-placed'] } })
  audit(record: TopicRecord): void {
    seen.events.handle(record);
  }
}

@Injectable()
class Twins {
  @Subscribe({ topic: 'orders', group: 'one' })
  first(): void {
    // Refused before it is ever called.
  }

  @Subscribe({ topic: ['dead', 'orders'], group: 'one' })
  second(): void {
    // Refused before it is ever called.
  }
}

@Injectable({ scope: Scope.REQUEST })
class PerRequest {
  @Subscribe({ topic: 'orders', group: 'one' })
  first(): void {
    // Refused before it is ever called.
  }
}

/** Stands for EventStoreModule, which lies beside this library. */
@Global()
@Module({})
class LogModule {
  static on(log: PostgresLog): DynamicModule {
    const providers = [
      { provide: PostgresLog, useValue: log },
      { provide: Log, useValue: log },
    ];
    return { module: LogModule, providers, exports: providers };
  }
}

describe('BusModule on Postgres', () => {
  let database: TestDatabase;
  let log: PostgresLog;
  beforeEach(async () => {
    database = await openTestDatabase('bus_module');
    log = await PostgresLog.open({ connectionString: database.connectionString, partitions: 2 });
    Object.assign(seen, { billing: new Seen(), batches: [], events: new Seen() });
  });
  afterEach(async () => {
    await log.stop();
    await database.drop();
  });

  const boot = async (options: object, providers: (new () => object)[]) => {
    const app = await Test.createTestingModule({
      imports: [
        TypeOrmModule.forRoot({ type: 'postgres', url: database.connectionString, retryAttempts: 0 }),
        LogModule.on(log),
        BusModule.forRoot({ engine: 'postgres', topics: { orders: { partitions: 2 }, dead: {} }, ...options }),
      ],
      providers,
    }).compile();
    await app.get<DataSource>(getDataSourceToken()).query('CREATE TABLE IF NOT EXISTS bill (name text)');
    return app;
  };

  it('runs the marked methods on topics and on the events, with the rows of a handler in its transaction', async () => {
    const app = await boot({}, [Billing]);
    await app.init();
    const bus = app.get(Bus);
    for (const value of ['a', 'poison', 'b']) await bus.publish('orders', { key: 'k', value });
    const record = { id: newId(), type: 'order-placed', version: 1, data: '{}', metadata: null };
    const placed = { ...record, correlationId: null, tenant: null };
    await log.append([
      { stream: 'order-1', expected: 'any', records: [placed, { ...placed, id: newId(), type: 'other' }] },
    ]);
    await seen.billing.atLeast(4);
    await seen.events.atLeast(1);
    const lag = async (group: string) =>
      (await bus.describeGroup(group)).positions.reduce((sum, position) => sum + position.lag, 0);
    for (const group of ['billing', 'statistics', 'audit']) await eventually(async () => (await lag(group)) === 0);
    const rows = await app.get<DataSource>(getDataSourceToken()).query<{ name: string }[]>('SELECT name FROM bill');
    expect(rows.map(({ name }) => name)).toEqual(['a', 'poison', 'b']);
    expect(seen.batches.reduce((sum, size) => sum + size, 0)).toBe(3);
    expect(seen.events.records.map((event) => event.header('type'))).toEqual(['order-placed']);
    await app.close();
  });

  it('starts nothing where it is told not to, and keeps topics as they are', async () => {
    const first = await boot({ autoStart: false }, [Billing]);
    await first.init();
    expect(await first.get(Bus).listGroups()).toEqual([]);
    await first.get(Bus).alterTopic('orders', { partitions: 5 });
    await first.close();
    const second = await boot({ autoStart: false }, []);
    expect((await second.get(Bus).describeTopic('orders')).partitions).toHaveLength(5);
    await second.close();
  });

  it('does not start with two methods in one group, a subscriber per request, or a topic that is not there', async () => {
    const lacking = await boot({ topics: {} }, [Billing]);
    expect(await failureOf(lacking.init())).toMatchObject({ code: 'BUS_UNKNOWN_TOPIC' });
    await lacking.close();
    for (const [provider, message] of [
      [Twins, /two methods read topic "orders"/],
      [PerRequest, /made per request/],
    ] as const) {
      const app = await boot({}, [provider]);
      expect((await failureOf(app.init())).message).toMatch(message);
      await app.close();
    }
  });

  it('names every fault of its options at once', async () => {
    const wrong = { engine: 'kafka', connectionString: '', graceMs: -1 } as never;
    const compiled = Test.createTestingModule({ imports: [BusModule.forRoot(wrong)] }).compile();
    expect((await failureOf(compiled)).message).toMatch(/engine must be.*connectionString.*graceMs/s);
    const memory = BusModule.forRoot({ engine: 'in-memory', lockWaitMs: 1 });
    const inMemory = Test.createTestingModule({ imports: [memory] }).compile();
    expect((await failureOf(inMemory)).message).toMatch(/lockWaitMs means nothing/);
  });
});
