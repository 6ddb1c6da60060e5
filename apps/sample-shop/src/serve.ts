import { CheckpointInterceptor, TracingInterceptor } from '@annals/cqrs';
import { EventStore } from '@annals/event-store';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { FIRST_ORDERS } from './first-orders.js';
import { Importer } from './importing/importer.js';
import { survey } from './importing/survey.js';
import { createReadModel } from './read-model/create-read-model.js';
import { ShopModule } from './shop.module.js';
import { StderrLogger } from './stderr-logger.js';
import { AnnalsErrorFilter } from './web/annals-error.filter.js';

/**
 * Makes the shop on a database; it does not listen yet.
 *
 * @param consumes whether it takes part in the work of groups and queues, or leaves that to other shops
 */
export async function makeShop(connectionString: string, consumes = true): Promise<INestApplication> {
  await createReadModel(connectionString);
  const shop = await NestFactory.create<NestExpressApplication>(ShopModule.on(connectionString, consumes), {
    logger: new StderrLogger({ logLevels: ['error', 'warn'] }),
    abortOnError: false,
  });
  shop.useGlobalFilters(new AnnalsErrorFilter());
  shop.useGlobalInterceptors(new TracingInterceptor(), shop.get(CheckpointInterceptor));
  const description = new DocumentBuilder().setTitle('Annals sample shop').setVersion('0.1.0').build();
  SwaggerModule.setup('api', shop, () => SwaggerModule.createDocument(shop, description));
  return shop;
}

/**
 * Gives a shop that has no events yet its first orders.
 *
 * @param signal ends the import between two invoices
 */
export async function fillIfEmpty(shop: INestApplication, signal: AbortSignal): Promise<void> {
  const head = await shop.get(EventStore).head();
  if (head.some((offset) => offset > 0)) return;
  console.log('The shop is new: importing two weeks of real orders …');
  try {
    const surveyed = await survey(FIRST_ORDERS, { signal });
    const { orders, orderLines, netTotal } = await shop.get(Importer).import(surveyed, { signal });
    console.log(`Imported ${orders} orders of ${orderLines} lines, £${netTotal} in all.`);
  } catch (error) {
    if (!signal.aborted) throw error;
    console.log('The import was interrupted: `npm run shop:import` completes it.');
  }
}
