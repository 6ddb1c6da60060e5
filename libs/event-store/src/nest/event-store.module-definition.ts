import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { EventStoreModuleOptions } from './event-store.options.js';

/** What `EventStoreModule.forRoot` and `forRootAsync` are made of. */
export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN: EVENT_STORE_OPTIONS } =
  new ConfigurableModuleBuilder<EventStoreModuleOptions>({ moduleName: 'AnnalsEventStore' })
    .setClassMethodName('forRoot')
    .setExtras({ isGlobal: true }, (module, { isGlobal }) => ({ ...module, global: isGlobal }))
    .build();
