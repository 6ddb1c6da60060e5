// @ts-check
/** Memory is compared from here on: before it, the runtime is still compiling and sizing its heap. */
const SETTLED_SHARE = 0.1;
const SAMPLE_EVERY_EVENTS = 10_000;

/**
 * Lets a new consumer read everything there is, with a handler that does nothing.
 *
 * @param {import('../contenders/contender.js').Contender} contender
 * @param {import('../harness/ledger.js').Ledger} ledger tells how many events are stored
 * @param {{ batchSize?: number, timeLimitMs: number }} options
 */
export async function catchUp(contender, ledger, options) {
  if (contender.catchUp === undefined) throw new Error('this contender has no consumer');
  const stored = ledger.acknowledged;
  const began = performance.now();
  const settledRss = { bytes: 0 };
  let [events, last, sampleAt, peakRss] = [0, began, 0, 0];
  await contender.catchUp(options, (handled) => {
    events += handled;
    last = performance.now();
    if (events < sampleAt) return;
    sampleAt = events + SAMPLE_EVERY_EVENTS;
    const rss = process.memoryUsage.rss();
    if (events <= stored * SETTLED_SHARE) settledRss.bytes = rss;
    peakRss = Math.max(peakRss, rss);
  });
  if (events > stored) throw new Error(`${stored} events are stored, but ${events} were handled`);
  if (events < stored && last - began < options.timeLimitMs * 0.9)
    throw new Error(`stopped after ${events} of ${stored} events`);
  return {
    events,
    // Up to the last event, not to the moment the consumer noticed that nothing was left.
    elapsedMs: last - began,
    p50Ms: Number.NaN,
    p99Ms: Number.NaN,
    notes: { share: events / stored, rssGrowthBytes: peakRss - settledRss.bytes },
  };
}
