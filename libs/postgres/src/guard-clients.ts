import type { EventEmitter } from 'node:events';

/**
 * Keeps a pool's connections from ending the process. Between the moment in which the pool lets go of a connection and that
 * in which whoever asked for it can listen, nobody hears its errors; a session that the server ends just then, as its
 * last words come with its first, would be an unhandled error. Whoever uses the connection learns of it all the same.
 */
export function guardClients(pool: EventEmitter): void {
  const guarded = new WeakSet<EventEmitter>();
  pool.on('acquire', (client: EventEmitter) => {
    if (guarded.has(client)) return;
    guarded.add(client);
    client.on('error', () => undefined);
  });
}
