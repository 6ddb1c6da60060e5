// @ts-check
import { Latencies } from '../harness/latencies.js';

/**
 * Reads whole streams, one after the other, each folded to the end before the next is asked for.
 *
 * @param {import('../contenders/contender.js').Contender} contender
 * @param {import('../harness/ledger.js').Ledger} _ledger
 * @param {{ streams: number, length: number, seconds: number }} load
 */
export async function rehydrate(contender, _ledger, { streams, length, seconds }) {
  if (contender.rehydrate === undefined) throw new Error('this contender does not read streams');
  const latencies = new Latencies();
  const began = performance.now();
  const deadline = began + seconds * 1_000;
  while (performance.now() < deadline) {
    const stream = latencies.count % streams;
    const asked = performance.now();
    const found = await contender.rehydrate(stream);
    latencies.add(performance.now() - asked);
    if (found !== length) throw new Error(`stream ${stream} has ${length} events, but ${found} were read`);
  }
  return { events: latencies.count * length, elapsedMs: performance.now() - began, ...latencies.percentiles() };
}
