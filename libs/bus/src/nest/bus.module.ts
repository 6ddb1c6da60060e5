import { Module } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import { Bus } from '../bus.js';
import { ConfigurableModuleClass } from './bus.module-definition.js';
import { busProvider } from './bus.provider.js';
import { SubscriptionExplorer } from './subscription-explorer.js';

/**
 * Provides `Bus`, and runs the application's `@Subscribe` methods. Beside `EventStoreModule` it uses that one's database,
 * and shows its events as the topic `events`; beside `TypeOrmModule` handlers of `effectively-once` share transactions.
 */
@Module({
  providers: [busProvider, SubscriptionExplorer],
  exports: [Bus],
})
export class BusModule extends ConfigurableModuleClass implements OnApplicationShutdown {
  constructor(private readonly bus: Bus) {
    super();
  }

  /** Lets the engine's connections go once the application is shut down. */
  onApplicationShutdown(): Promise<void> {
    return this.bus.stop();
  }
}
