// A process that publishes to a queue, or consumes it, for queue-stress.hard-spec.ts. What it has done it writes to a file at once,
// so that killing it loses nothing of that: a line `confirmed n`, `delivered n redelivered` or `acked n` each.
import { appendFileSync } from 'node:fs';

/** The built libraries, which a fresh clone has only after `npm run build`. */
const built = (lib) => import(new URL(`../../dist/libs/${lib}/src/index.js`, import.meta.url).href);
const { Bus, PostgresBusEngine } = await built('bus');

const [, , role, connectionString, file, from] = process.argv;
const engine = await PostgresBusEngine.open({
  connectionString,
  connectTimeoutMs: 2_000,
  messageTableBytes: 1024 * 1024,
});
const bus = new Bus(engine, { queues: { heartbeatMs: 500, sessionMs: 2_000, onError: () => undefined } });
const note = (line) => appendFileSync(file, `${line}\n`);

/** Sends one after the other, and again what failed: whether that was stored is not known. */
async function publish(next) {
  for (;;) {
    const n = next();
    try {
      await bus.queues.publish('orders', `order.${n % 7}`, { body: n }, { mandatory: true });
      note(`confirmed ${n}`);
    } catch {
      note(`failed ${n}`);
    }
  }
}

if (role === 'publisher') {
  let n = Number(from);
  process.send('started');
  await Promise.all(Array.from({ length: 20 }, () => publish(() => n++)));
} else {
  let consumer;
  const options = { queue: 'work', prefetch: 20, ack: 'manual', pollMs: 200 };
  const consume = async () => {
    consumer = await bus.queues.consume(options, async ({ body, redelivered }, { deliveryTag }) => {
      note(`delivered ${body} ${redelivered}`);
      await new Promise((resolve) => setTimeout(resolve, 1));
      await consumer.ack(deliveryTag).then(
        () => note(`acked ${body}`),
        () => undefined,
      );
    });
  };
  // The server may be away just now.
  while (consumer === undefined) await consume().catch(() => new Promise((resolve) => setTimeout(resolve, 200)));
  process.send('started');
}
process.on('disconnect', () => process.exit(1));
