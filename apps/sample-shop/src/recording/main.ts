import 'reflect-metadata';
import { fileURLToPath } from 'node:url';
import { EventStore } from '@annals/event-store';
import { recordEventFixtures } from '@annals/event-store/fixtures';
import { messageOf } from '@annals/message';
import { openShopDatabase } from '../shop-database.js';
import { makeShop } from '../serve.js';

// Beside the sources, also when this runs from dist/.
const DIRECTORY = fileURLToPath(new URL('../../../../../apps/sample-shop/event-fixtures/', import.meta.url));

/** Records one event of each type that has no fixture yet, from the shop's database. */
async function main(): Promise<void> {
  const database = await openShopDatabase();
  try {
    const shop = await makeShop(database.connectionString, false);
    try {
      const written = await recordEventFixtures({ directory: DIRECTORY, events: shop.get(EventStore).readAll() });
      console.log(written.length === 0 ? 'Every type on record has its fixture.' : written.join('\n'));
    } finally {
      await shop.close();
    }
  } finally {
    await database.stop();
  }
}

main().catch((error: unknown) => {
  console.error(messageOf(error));
  process.exitCode = 1;
});
