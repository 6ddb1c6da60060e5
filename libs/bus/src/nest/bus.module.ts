import { Inject, Module } from '@nestjs/common';
import type { DynamicModule, OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { Bus } from '../bus.js';
import { BusFeatureModule } from './bus-feature.module.js';
import type { BusFeatureOptions } from './bus-feature.module.js';
import { BUS_OPTIONS, ConfigurableModuleClass } from './bus.module-definition.js';
import type { BusModuleOptions } from './bus.options.js';
import { ConsumerExplorer } from './consumer-explorer.js';
import { busProvider } from './bus.provider.js';
import { SubscriptionExplorer } from './subscription-explorer.js';

/**
 * Provides `Bus`, and runs the application's `@Subscribe`, `@Consume` and `@RpcHandler` methods. Beside `EventStoreModule` it uses that one's database,
 * and shows its events as the topic `events`; beside `TypeOrmModule` handlers of `effectively-once` share transactions.
 */
@Module({
  providers: [busProvider, ConsumerExplorer, SubscriptionExplorer],
  exports: [Bus],
})
export class BusModule extends ConfigurableModuleClass implements OnApplicationBootstrap, OnApplicationShutdown {
  /** Has topics, exchanges, queues and bindings made that one part of the application needs, before anything is consumed. */
  static forFeature(options: BusFeatureOptions): DynamicModule {
    return BusFeatureModule.of(options);
  }

  constructor(
    private readonly bus: Bus,
    private readonly modules: ModulesContainer,
    @Inject(BUS_OPTIONS) private readonly options: BusModuleOptions,
    private readonly subscriptions: SubscriptionExplorer,
    private readonly consumers: ConsumerExplorer,
  ) {
    super();
  }

  /** @throws what a declaration, a subscription or a consumer throws: the application does not start */
  async onApplicationBootstrap(): Promise<void> {
    for (const module of this.modules.values()) {
      const instance: unknown = module.instance;
      if (instance instanceof BusFeatureModule) await instance.declare();
    }
    await this.subscriptions.start();
    if (this.options.autoStart !== false) await this.consumers.start();
  }

  /** Lets the engine's connections go once the application is shut down. */
  onApplicationShutdown(): Promise<void> {
    return this.bus.stop();
  }
}
