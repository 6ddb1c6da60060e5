import { strictEqual } from 'node:assert';
import { Bus, BusModule, Consume, MessageBody, MessageHeader, RpcHandler } from '@annals/bus';
import { Injectable, Module, ParseIntPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

// #region consumer
@Injectable()
class Warehouse {
  readonly picked: number[] = [];

  @Consume({ queue: 'warehouse', prefetch: 5 })
  pick(@MessageBody(ParseIntPipe) order: number, @MessageHeader('country') country: string | undefined): void {
    if (country !== undefined) this.picked.push(order);
  }

  @RpcHandler({ queue: 'stock' })
  stock(@MessageBody() product: string): { product: string; left: number } {
    return { product, left: 7 };
  }
}
// #endregion consumer

// #region module
@Module({
  imports: [
    BusModule.forFeature({
      topology: {
        exchanges: { orders: 'topic' },
        queues: { warehouse: {}, stock: { deadLetterExchange: null } },
        bindings: [{ exchange: 'orders', queue: 'warehouse', routingKey: 'order.placed' }],
      },
    }),
  ],
  providers: [Warehouse],
})
class WarehouseModule {}

@Module({ imports: [BusModule.forRoot({ engine: 'in-memory' }), WarehouseModule] })
class ShopModule {}
// #endregion module

const app = await NestFactory.createApplicationContext(ShopModule, { logger: false });
const { queues } = app.get(Bus);
await queues.publish('orders', 'order.placed', { body: '17', headers: { country: 'FR' } });
while (app.get(Warehouse).picked.length === 0) await new Promise(setImmediate);
strictEqual(app.get(Warehouse).picked[0], 17);
const { body } = await queues.request('', 'stock', { body: '21777' });
strictEqual((body as { left: number }).left, 7);
await app.close();
