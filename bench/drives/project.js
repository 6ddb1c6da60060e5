// @ts-check
import { Latencies } from '../harness/latencies.js';
import { orderEvent } from '../harness/order-event.js';

/** @typedef {import('../harness/ledger.js').Ledger} Ledger */

/** Lets a projection write its rows. @param {any} contender @param {Ledger} _ledger @param {unknown} options */
export async function project(contender, _ledger, options) {
  const began = performance.now();
  const events = await contender.project(options);
  return { events, elapsedMs: performance.now() - began, p50Ms: Number.NaN, p99Ms: Number.NaN };
}

/**
 * Appends at a steady pace, each time waiting until the projection has got there.
 *
 * @param {any} contender
 * @param {Ledger} _ledger
 * @param {{ events: number, perSecond: number }} load
 */
export async function readOwnWrites(contender, _ledger, { events, perSecond }) {
  await contender.openReach();
  const latencies = new Latencies();
  const began = performance.now();
  for (let n = 0; n < events; n++) {
    const due = began + (n * 1_000) / perSecond;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
    latencies.add(await contender.reach(n, orderEvent(n)));
  }
  return { events, elapsedMs: performance.now() - began, ...latencies.percentiles() };
}
