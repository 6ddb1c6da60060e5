import 'reflect-metadata';
import { messageOf } from '@annals/message';
import type { GatewayProcess } from './payment/gateway-process.js';
import { startGateway } from './payment/gateway-process.js';
import { openShopDatabase } from './shop-database.js';
import { fillIfEmpty, makeShop } from './serve.js';

/** 0 has the system choose. */
const PORT = Number(process.env['PORT'] ?? 3000);

/** Ends with what is wrong and what to do; where the error comes from in our code helps nobody here. */
function giveUp(error: unknown): void {
  console.error(messageOf(error));
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const database = await openShopDatabase();
  try {
    const shop = await makeShop(database.connectionString);
    let gateway: GatewayProcess | undefined;
    const importing = new AbortController();
    let filled = Promise.resolve();
    let ending: Promise<void> | undefined;
    const close = async (): Promise<void> => {
      importing.abort();
      await filled;
      await shop.close();
      await gateway?.stop();
      await database.stop();
    };
    const end = (): Promise<void> => (ending ??= close());
    // Not `once`: npm passes on the Ctrl-C that the terminal has sent to all, and the second must not kill what is ending.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => void end().then(() => process.exit(0), giveUp));
    }
    try {
      gateway = await startGateway(database.connectionString);
      await shop.listen(PORT);
    } catch (error) {
      await end();
      throw error;
    }
    const { port } = new URL(await shop.getUrl());
    console.log(`The shop is open at http://localhost:${port} (API at http://localhost:${port}/api). Ctrl-C ends it.`);
    if (process.env['SHOP_IMPORT'] !== 'off') filled = fillIfEmpty(shop, importing.signal).catch(giveUp);
    await filled;
  } catch (error) {
    await database.stop();
    throw error;
  }
}

main().catch(giveUp);
