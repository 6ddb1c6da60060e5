import { markedSingletons, messageOf } from '@annals/message';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';
import { ExternalContextCreator, ModulesContainer } from '@nestjs/core';
import { Bus } from '../bus.js';
import { InvalidConsumer } from '../queues/invalid-consumer.js';
import type { MessageHandler } from '../queues/message-delivery.js';
import type { QueueConsumer } from '../queues/queue-consumer.js';
import { BUS_OPTIONS } from './bus.module-definition.js';
import type { BusModuleOptions } from './bus.options.js';
import { consumingMethodsOf } from './consume.decorators.js';
import type { ConsumingMethod } from './consume.decorators.js';
import { MESSAGE_PARAMETERS, messageParameters } from './message-parameters.js';

/** As `ExecutionContext.getType()` gives it in guards, interceptors and filters. */
export const MESSAGE_CONTEXT = 'annals:message';

/** Finds the application's `@Consume` and `@RpcHandler` methods, and starts and stops them with it. */
@Injectable()
export class ConsumerExplorer implements OnModuleDestroy {
  readonly #logger = new Logger('Bus');
  readonly #started: QueueConsumer[] = [];

  constructor(
    @Inject(BUS_OPTIONS) private readonly options: BusModuleOptions,
    private readonly modules: ModulesContainer,
    private readonly contexts: ExternalContextCreator,
    private readonly bus: Bus,
  ) {}

  /** @throws InvalidConsumer (`BUS_INVALID_CONSUMER`), UnknownQueue (`BUS_UNKNOWN_QUEUE`): the application does not start */
  async start(): Promise<void> {
    const found = markedSingletons(
      this.modules,
      ['providers', 'controllers'],
      consumingMethodsOf,
      (name, { options }) => {
        return new InvalidConsumer(options.queue, [`${name} is made per request, and must be a singleton`]);
      },
    );
    for (const { instance, mark } of found) this.#started.push(await this.#start(instance, mark));
  }

  /** Before TypeORM closes its connections, and before the bus stops, which handlers may need until then. */
  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.#started.map((consumer) => consumer.stop(this.options.graceMs)));
  }

  #start(instance: object, { method, options, responds }: ConsumingMethod): Promise<QueueConsumer> {
    const onError = (error: unknown, where: string): void => {
      this.#logger.warn(`${where}: ${messageOf(error)}`);
    };
    const handler = (instance as Record<string, (...given: unknown[]) => unknown>)[method] as (
      ...given: unknown[]
    ) => unknown;
    const handle = this.contexts.create(
      instance,
      handler,
      method,
      MESSAGE_PARAMETERS,
      messageParameters,
      undefined,
      undefined,
      undefined,
      MESSAGE_CONTEXT,
    ) as MessageHandler;
    const given = { onError, ...options };
    return responds ? this.bus.queues.respond(given, handle) : this.bus.queues.consume(given, handle);
  }
}
