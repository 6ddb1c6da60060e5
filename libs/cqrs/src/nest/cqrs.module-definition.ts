import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { CqrsModuleOptions } from './cqrs.options.js';

/** What `CqrsModule.forRoot` and `forRootAsync` are made of. */
export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN: CQRS_OPTIONS } =
  new ConfigurableModuleBuilder<CqrsModuleOptions>({ moduleName: 'AnnalsCqrs' })
    .setClassMethodName('forRoot')
    .setExtras({ isGlobal: true }, (module, { isGlobal }) => ({ ...module, global: isGlobal }))
    .build();
