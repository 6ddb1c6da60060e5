import 'reflect-metadata';
import { openShopDatabase } from './shop-database.js';
import { fillIfEmpty, makeShop } from './serve.js';

const PORT = Number(process.env['PORT'] ?? 3000);

/** Ends with what is wrong and what to do; where the error comes from in our code helps nobody here. */
function giveUp(error: unknown): void {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const database = await openShopDatabase();
  try {
    const shop = await makeShop(database.connectionString);
    let ending: Promise<void> | undefined;
    const end = (): Promise<void> => (ending ??= shop.close().then(() => database.stop()));
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => void end().then(() => process.exit(0), giveUp));
    }
    try {
      await shop.listen(PORT);
    } catch (error) {
      await end();
      throw error;
    }
    console.log(`The shop is open at http://localhost:${PORT} (API at http://localhost:${PORT}/api). Ctrl-C ends it.`);
    if (process.env['SHOP_IMPORT'] !== 'off') {
      await fillIfEmpty(shop).catch((error: unknown) => {
        // An import that a Ctrl-C ended goes on at the next `npm run shop:import`.
        if (ending === undefined) giveUp(error);
      });
    }
  } catch (error) {
    await database.stop();
    throw error;
  }
}

main().catch(giveUp);
