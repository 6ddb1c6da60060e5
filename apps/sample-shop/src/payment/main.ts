import 'reflect-metadata';
import { messageOf } from '@annals/message';
import { NestFactory } from '@nestjs/core';
import { StderrLogger } from '../stderr-logger.js';
import { GatewayModule } from './gateway.module.js';

/** The payment gateway as a program: `DATABASE_URL` names where the bus lies. The shop starts it, and it ends with the shop. */
async function main(): Promise<void> {
  const module = GatewayModule.on(process.env['DATABASE_URL'] ?? '');
  const gateway = await NestFactory.createApplicationContext(module, {
    logger: new StderrLogger({ logLevels: ['error', 'warn'] }),
    abortOnError: false,
  });
  const end = (): void => void gateway.close().then(() => process.exit(0));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
  // Ends when the shop says so, or is gone.
  process.once('message', end).once('disconnect', end);
  process.send?.('started');
}

main().catch((error: unknown) => {
  console.error(messageOf(error));
  process.exit(1);
});
