import { BusModule, Subscribe } from '@annals/bus';
import type { Delivery, TopicRecord } from '@annals/bus';
import { Injectable, Module } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

// #region subscriber
@Injectable()
export class Billing {
  @Subscribe({ topic: 'orders', group: 'billing', guarantee: 'effectively-once' })
  async bill(record: TopicRecord, { manager }: Delivery): Promise<void> {
    const { total } = record.value as { total: string };
    await (manager as EntityManager).query('INSERT INTO invoice (number, total) VALUES ($1, $2)', [record.key, total]);
  }

  @Subscribe({ topic: 'orders', group: 'statistics', batch: true, onFailure: 'park' })
  count(records: readonly TopicRecord[]): void {
    console.log(`${records.length} orders at once`);
  }
}
// #endregion subscriber

// #region module
@Module({
  imports: [BusModule.forRoot({ engine: 'in-memory', topics: { orders: { partitions: 8 } } })],
  providers: [Billing],
})
export class ShopModule {}
// #endregion module
