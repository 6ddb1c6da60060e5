// @ts-check
import { Topology } from '../../dist/libs/bus/src/routing/topology.js';

/** Bytes of all tables of the contender. @param {import('../contenders/topic-contender.js').TopicContender} contender */
export async function sizeOfQueue(contender) {
  return { events: (await contender.bytes?.()) ?? Number.NaN, elapsedMs: 0, p50Ms: 0, p99Ms: 0 };
}

/** Bytes of memory of this process. */
export async function memory() {
  globalThis.gc?.();
  return { events: process.memoryUsage().rss, elapsedMs: 0, p50Ms: 0, p99Ms: 0 };
}

const WORDS = ['order', 'invoice', 'customer', 'product', 'stock'];
const EXCHANGE = 'orders';

/** Patterns of all kinds, each of a queue of its own. @param {number} n */
function patternOf(n) {
  const word = WORDS[n % WORDS.length];
  return [`${word}.${n}.*`, `${word}.*.${n}.#`, `#.${word}.${n}`, `${word}.${n}`][n % 4] ?? '#';
}

/** Finds the queues of messages among topic bindings, as every publish does. @param {unknown} _contender @param {unknown} _ledger @param {{ bindings: number, messages: number }} load */
export async function routeByTopic(_contender, _ledger, { bindings, messages }) {
  const topology = new Topology();
  const names = Array.from({ length: bindings }, (_, n) => `queue-${n}`);
  const config = { type: /** @type {const} */ ('topic'), internal: false, autoDelete: false, alternateExchange: null };
  topology.apply({
    version: 1,
    exchanges: [{ exchange: { name: EXCHANGE, config }, version: 1 }],
    queues: names.map((name, id) => /** @type {any} */ ({ id, name, config: {}, lanes: [] })),
    bindings: [...names.map((_, n) => patternOf(n)), Array(40).fill('#').join('.')].map((routingKey, n) => ({
      source: EXCHANGE,
      destination: { kind: /** @type {const} */ ('queue'), name: names[n % bindings] ?? '' },
      routingKey,
      arguments: {},
    })),
  });
  const route = (/** @type {string} */ key) => topology.route({ exchange: EXCHANGE, keys: [key], headers: {} });
  const keys = Array.from(
    { length: messages },
    (_, n) => `${WORDS[n % WORDS.length]}.${(n * 7) % bindings}.placed.${n % 97}`,
  );
  route('to compile it');
  const began = performance.now();
  for (const key of keys) route(key);
  const elapsedMs = performance.now() - began;
  const bomb = performance.now();
  route(Array(120).fill('a').join('.'));
  return { events: messages, elapsedMs, p50Ms: 0, p99Ms: 0, notes: { bombMs: performance.now() - bomb } };
}
