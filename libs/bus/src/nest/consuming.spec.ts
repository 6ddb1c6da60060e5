import { Catch, Injectable, Module, ParseIntPipe, UseFilters, UseGuards, UseInterceptors } from '@nestjs/common';
import type {
  ArgumentsHost,
  CallHandler,
  CanActivate,
  ExceptionFilter,
  ExecutionContext,
  NestInterceptor,
} from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { map } from 'rxjs';
import type { Observable } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import { Bus } from '../bus.js';
import type { MessageDelivery } from '../queues/message-delivery.js';
import type { QueueMessage } from '../queues/queue-message.js';
import { eventually, failureOf } from '../testing/bus-under-test.js';
import { QUICK_CONSUMER } from '../testing/seen-messages.js';
import { BusModule } from './bus.module.js';
import { Consume, RpcHandler } from './consume.decorators.js';
import { MESSAGE_CONTEXT } from './consumer-explorer.js';
import { DeliveryInfo, Message, MessageBody, MessageHeader } from './message-parameters.js';

const seen: unknown[] = [];

@Injectable()
class OnlyKnown implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return (
      context.getType<string>() === MESSAGE_CONTEXT &&
      context.getArgByIndex<QueueMessage>(0).headers['tenant'] !== 'stranger'
    );
  }
}

@Injectable()
class Doubles implements NestInterceptor {
  intercept(_: ExecutionContext, next: CallHandler<number>): Observable<number> {
    return next.handle().pipe(map((answer) => answer * 2));
  }
}

class Forgivable extends Error {}

@Catch(Forgivable)
class Forgives implements ExceptionFilter {
  catch(error: Forgivable, host: ArgumentsHost): string {
    seen.push(`forgiven ${error.message} ${String(host.getArgs<[QueueMessage]>()[0].body)}`);
    return 'handled';
  }
}

@Injectable()
class Warehouse {
  @Consume({ ...QUICK_CONSUMER, queue: 'warehouse', attempts: 2 })
  @UseGuards(OnlyKnown)
  @UseFilters(Forgives)
  pick(
    @MessageBody(ParseIntPipe) order: number,
    @MessageHeader('tenant') tenant: string | undefined,
    @Message() message: QueueMessage,
    @DeliveryInfo() delivery: MessageDelivery,
  ): void {
    if (order === 7) throw new Forgivable('late');
    seen.push([order, tenant, message.attempt, delivery.queue]);
  }

  @Consume({ ...QUICK_CONSUMER, queue: 'plain' })
  plain(message: QueueMessage, { deliveryTag }: MessageDelivery): void {
    seen.push([message.body, deliveryTag]);
  }

  @RpcHandler({ ...QUICK_CONSUMER, queue: 'prices' })
  @UseInterceptors(Doubles)
  price(@MessageBody() product: number): number {
    if (product < 0) throw new RangeError('no such product');
    return product + 1;
  }
}

@Module({
  imports: [
    BusModule.forFeature({
      topology: {
        exchanges: { shop: 'topic', returned: { type: 'fanout' } },
        queues: {
          warehouse: { deadLetterExchange: '', deadLetterRoutingKey: 'lost' },
          plain: {},
          prices: {},
          lost: { deadLetterExchange: null },
        },
        bindings: [{ exchange: 'shop', queue: 'warehouse', routingKey: 'order.*' }],
      },
    }),
  ],
  providers: [Warehouse],
})
class WarehouseModule {}

@Module({})
class BareModule {}

describe('Marked methods of an application', () => {
  let close: (() => Promise<void>) | undefined;
  afterEach(async () => {
    await close?.();
    seen.length = 0;
  });
  const boot = async (imports: unknown[]) => {
    const app = await Test.createTestingModule({
      imports: [BusModule.forRoot({ engine: 'in-memory' }), ...(imports as [])],
    }).compile();
    close = () => app.close();
    await app.init();
    return app.get(Bus).queues;
  };

  it('handle messages with their parameters, pipes, guards and filters', async () => {
    const queues = await boot([WarehouseModule]);
    await queues.publish('shop', 'order.placed', { body: '5', headers: { tenant: 'acme' } });
    await eventually(() => seen.length === 1);
    await queues.publish('shop', 'order.placed', { body: '7' });
    await eventually(() => seen.length === 2);
    for (const bad of [{ body: 'five' }, { body: '9', headers: { tenant: 'stranger' } }]) {
      await queues.publish('shop', 'order.placed', bad);
    }
    await eventually(async () => (await queues.describeQueue('lost')).ready === 2, 'the dead letters');
    expect(seen).toEqual([[5, 'acme', 1, 'warehouse'], 'forgiven late 7']);
  });

  it('get the message and its delivery where they name no parameters', async () => {
    const queues = await boot([WarehouseModule]);
    await queues.send('plain', { body: { a: 1 } });
    await eventually(() => seen.length === 1);
    expect(seen).toEqual([[{ a: 1 }, 1]]);
  });

  it('answer requests, through interceptors, and fail them', async () => {
    const queues = await boot([WarehouseModule]);
    expect((await queues.request('', 'prices', { body: 4 })).body).toBe(10);
    const failed = queues.request('', 'prices', { body: -1 });
    expect(await failureOf(failed)).toMatchObject({ code: 'BUS_REQUEST_FAILED', reason: 'no such product' });
  });

  it('do not let the application start where their queue is not there', async () => {
    const failed = boot([{ module: BareModule, providers: [Warehouse] }]);
    expect(await failureOf(failed)).toMatchObject({ code: 'BUS_UNKNOWN_QUEUE' });
  });
});
