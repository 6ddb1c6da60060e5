import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

const LOOPBACK = '127.0.0.1';

/** Binds a port and lets it go again. Undefined when it is taken; 0 lets the operating system choose. */
function probe(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => {
      const { port: bound } = server.address() as AddressInfo;
      server.close(() => resolve(bound));
    });
  });
}

/** The port a cluster was served on last time, undefined when there is none. */
export function rememberedPort(file: string): number | undefined {
  try {
    const port = Number(readFileSync(file, 'utf8'));
    return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Chooses a port on the loopback address. Somebody may take it before the server does; the start then chooses again.
 *
 * @param preferred taken when it is free, so that addresses noted elsewhere stay true
 * @throws Error when the machine has no free port
 */
export async function choosePort(preferred?: number): Promise<number> {
  const port = (preferred === undefined ? undefined : await probe(preferred)) ?? (await probe(0));
  if (port === undefined) throw new Error(`No TCP port of ${LOOPBACK} is free`);
  return port;
}
