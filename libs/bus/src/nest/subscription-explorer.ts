import { markedSingletons, messageOf } from '@annals/message';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { Bus } from '../bus.js';
import type { BatchHandler, RecordHandler } from '../handling/delivery.js';
import { InvalidSubscription } from '../handling/invalid-subscription.js';
import type { Subscription } from '../handling/subscription.js';
import { subscribedMethodsOf } from './bus.decorators.js';
import type { SubscribedMethod } from './bus.decorators.js';
import { BUS_OPTIONS } from './bus.module-definition.js';
import type { BusModuleOptions } from './bus.options.js';

/** Finds the application's `@Subscribe` methods, and starts and stops them with it. */
@Injectable()
export class SubscriptionExplorer implements OnModuleDestroy {
  readonly #logger = new Logger('Bus');
  readonly #started: Subscription[] = [];

  constructor(
    @Inject(BUS_OPTIONS) private readonly options: BusModuleOptions,
    private readonly modules: ModulesContainer,
    private readonly bus: Bus,
  ) {}

  /** @throws InvalidSubscription (`BUS_INVALID_SUBSCRIPTION`), UnknownTopic (`BUS_UNKNOWN_TOPIC`): the application does not start */
  async start(): Promise<void> {
    const found = markedSingletons(
      this.modules,
      ['providers', 'controllers'],
      subscribedMethodsOf,
      (name, { options }) => {
        return new InvalidSubscription(options.group, [
          `${name} is made per request, and a subscriber must be a singleton`,
        ]);
      },
    );
    this.#refuseTwins(found.map(({ mark }) => mark));
    if (this.options.autoStart === false) return;
    for (const { instance, mark } of found) this.#started.push(await this.#start(instance, mark));
  }

  /** Before TypeORM closes its connections, and before producers stop, which handlers may need until then. */
  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.#started.map((subscription) => subscription.stop(this.options.graceMs)));
  }

  #start(
    instance: object,
    { method, options: { batch = false, ...options } }: SubscribedMethod,
  ): Promise<Subscription> {
    const onError = (error: unknown, where: string): void => {
      this.#logger.warn(`${options.group} at ${where}: ${messageOf(error)}`);
    };
    const call = (instance as Record<string, unknown>)[method] as (...given: unknown[]) => unknown;
    const handle = call.bind(instance);
    const given = { onError, ...options };
    return batch
      ? this.bus.subscribeBatch(given, handle as BatchHandler)
      : this.bus.subscribe(given, handle as RecordHandler);
  }

  /** Two members of one group in one process would share what either is to have all of. */
  #refuseTwins(subscribed: readonly SubscribedMethod[]): void {
    const places = new Set<string>();
    for (const { method, options } of subscribed) {
      for (const topic of [options.topic].flat()) {
        const place = `${options.group} ${topic}`;
        if (places.has(place)) {
          throw new InvalidSubscription(options.group, [
            `two methods read topic "${topic}" in it, one of them ${method}: give each purpose a group of its own`,
          ]);
        }
        places.add(place);
      }
    }
  }
}
