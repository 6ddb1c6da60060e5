import { DomainEvent, EventStore, EventStoreModule } from '@annals/event-store';
import type { RecordedEvent } from '@annals/event-store';
import type { Checkpoint } from '@annals/log';
import { openTestDatabase } from '@annals/postgres/testing';
import type { TestDatabase } from '@annals/postgres/testing';
import { Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource, EntitySchema } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  Aggregate,
  AggregateRoot,
  Command,
  CommandBus,
  CommandHandler,
  CqrsModule,
  InjectAggregates,
  On,
  Projection,
  Projections,
  Repository,
} from '../index.js';
import type { ICommandHandler, ProjectionContext } from '../index.js';

@DomainEvent('cqrs-module-int-spec.placed')
class Placed {
  constructor(readonly total: string) {}
}

@Aggregate('order')
class Order extends AggregateRoot {
  place(total: string): void {
    this.apply(new Placed(total));
  }
}

class PlaceOrder extends Command<Checkpoint> {
  constructor(
    readonly id: string,
    readonly total: string,
  ) {
    super();
  }
}

@CommandHandler(PlaceOrder)
class PlaceOrderHandler implements ICommandHandler<PlaceOrder> {
  constructor(@InjectAggregates(Order) private readonly orders: Repository<Order>) {}
  async execute({ id, total }: PlaceOrder): Promise<Checkpoint> {
    const order = new Order(id);
    order.place(total);
    const saved = await this.orders.save(order);
    return saved?.pending === false ? saved.checkpoint : [];
  }
}

const OrderRow = new EntitySchema<{ id: string; total: string; label: string }>({
  name: 'order_row',
  columns: { id: { type: 'text', primary: true }, total: { type: 'text' }, label: { type: 'text' } },
});

@Injectable()
class Labels {
  of(event: RecordedEvent): string {
    return `event ${event.revision} of ${event.stream}`;
  }
}

@Projection({ name: 'order-list' })
@Injectable()
class OrderList {
  constructor(private readonly labels: Labels) {}

  @On(Placed)
  async placed(event: RecordedEvent<Placed>, { manager }: ProjectionContext): Promise<void> {
    const id = event.stream.slice('order-'.length);
    await manager.insert(OrderRow, { id, total: event.data.total, label: this.labels.of(event) });
  }
}

@Module({
  imports: [CqrsModule.forFeature([Order])],
  providers: [PlaceOrderHandler, OrderList, Labels],
})
class OrderingModule {}

describe('CqrsModule on Postgres and TypeORM', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await openTestDatabase('cqrs_module');
  });
  afterAll(() => database.drop());

  const start = async (autoStart = true) => {
    const typeOrm = TypeOrmModule.forRoot({
      type: 'postgres',
      url: database.connectionString,
      entities: [OrderRow],
      synchronize: true,
    });
    const cqrs = CqrsModule.forRootAsync({ useFactory: () => ({ projections: { autoStart, leaseMs: 1_000 } }) });
    const store = EventStoreModule.forRoot({ engine: 'postgres', connectionString: database.connectionString });
    const imports = [typeOrm, store, cqrs, OrderingModule];
    const application = await Test.createTestingModule({ imports }).compile();
    await application.init();
    return application;
  };

  it('carries a command to the read model, which the caller can wait for', async () => {
    const application = await start();
    const checkpoint = await application.get(CommandBus).execute(new PlaceOrder('1', '9.50'));
    await application.get(Projections).reached('order-list', checkpoint);
    const token = await application.get(EventStore).toToken(checkpoint);
    await application.get(Projections).reached('order-list', token);
    expect(await application.get(DataSource).getRepository(OrderRow).find()).toEqual([
      { id: '1', total: '9.50', label: 'event 1 of order-1' },
    ]);
    await application.close();
  });

  it('goes on after a restart with what happened meanwhile, and starts no projection when told not to', async () => {
    const writer = await start(false);
    const checkpoint = await writer.get(CommandBus).execute(new PlaceOrder('2', '1.00'));
    expect((await writer.get(Projections).status('order-list')).state).toBe('stopped');
    await writer.close();
    const reader = await start();
    await reader.get(Projections).reached('order-list', checkpoint);
    const rows = await reader
      .get(DataSource)
      .getRepository(OrderRow)
      .find({ order: { id: 'ASC' } });
    expect(rows.map(({ id }) => id)).toEqual(['1', '2']);
    await reader.close();
  });
});

describe('CqrsModule without Postgres', () => {
  it('refuses a projection, which would have no place to write to', async () => {
    const imports = [EventStoreModule.forRoot({ engine: 'in-memory' }), CqrsModule.forRoot({}), OrderingModule];
    const application = await Test.createTestingModule({ imports }).compile();
    await expect(application.init()).rejects.toMatchObject({ code: 'CQRS_INVALID_PROJECTION' });
  });
});
