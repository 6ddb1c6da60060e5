// @ts-check
import { Latencies } from '../harness/latencies.js';

/**
 * Loads one aggregate, again and again, one load after the other.
 *
 * @param {import('../contenders/contender.js').Contender} contender
 * @param {import('../harness/ledger.js').Ledger} _ledger
 * @param {{ stream: number, length: number, seconds: number }} load
 */
export async function loadAggregate(contender, _ledger, { stream, length, seconds }) {
  if (contender.rehydrate === undefined) throw new Error('this contender does not read streams');
  const latencies = new Latencies();
  const began = performance.now();
  const deadline = began + seconds * 1_000;
  while (performance.now() < deadline) {
    const asked = performance.now();
    const found = await contender.rehydrate(stream);
    latencies.add(performance.now() - asked);
    if (found !== length) throw new Error(`stream ${stream} has ${length} events, but ${found} were read`);
  }
  return { events: latencies.count, elapsedMs: performance.now() - began, ...latencies.percentiles() };
}

/**
 * Writes an aggregate and waits for its snapshot.
 *
 * @param {import('../contenders/contender.js').Contender} contender
 * @param {import('../harness/ledger.js').Ledger} ledger
 * @param {{ stream: number, length: number }} load
 */
export async function fillAggregate(contender, ledger, { stream, length }) {
  if (contender.fill === undefined) throw new Error('this contender has no aggregates');
  await contender.fill(stream, length);
  ledger.settle(stream, length);
  return { events: length, elapsedMs: 1, p50Ms: Number.NaN, p99Ms: Number.NaN };
}

/**
 * Counts the statements that commands on an aggregate in use cost.
 *
 * @param {import('../contenders/contender.js').Contender} contender
 * @param {import('../harness/ledger.js').Ledger} ledger
 * @param {{ stream: number, commands: number }} load
 */
export async function countStatements(contender, ledger, { stream, commands }) {
  if (contender.statementsOf === undefined) throw new Error('this contender does not count');
  const statements = await contender.statementsOf(stream, commands);
  // One more that reads the aggregate before the count begins.
  ledger.settle(stream, commands + 1);
  return { events: commands, elapsedMs: 1, p50Ms: Number.NaN, p99Ms: Number.NaN, notes: { statements } };
}
