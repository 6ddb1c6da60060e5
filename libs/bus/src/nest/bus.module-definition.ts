import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { BusModuleOptions } from './bus.options.js';

/** What `BusModule.forRoot` and `forRootAsync` are made of. */
export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN: BUS_OPTIONS } =
  new ConfigurableModuleBuilder<BusModuleOptions>({ moduleName: 'AnnalsBus' })
    .setClassMethodName('forRoot')
    .setExtras({ isGlobal: true }, (module, { isGlobal }) => ({ ...module, global: isGlobal }))
    .build();
