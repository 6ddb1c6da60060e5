// @ts-check
import { Latencies } from '../harness/latencies.js';
import { orderEvent } from '../harness/order-event.js';

/** @typedef {import('../contenders/contender.js').Contender} Contender */
/** @typedef {import('../harness/ledger.js').Ledger} Ledger */

/**
 * Keeps a number of appends in flight, each expecting the revision its stream is known to have.
 *
 * @param {Contender} contender
 * @param {Ledger} ledger
 * @param {{ inFlight: number, eventsPerAppend: number, seconds?: number, events?: number }} load ends by time or by count
 */
export async function appendLoad(
  contender,
  ledger,
  { inFlight, eventsPerAppend, seconds = Infinity, events = Infinity },
) {
  const latencies = new Latencies();
  const began = performance.now();
  const deadline = began + seconds * 1_000;
  let started = 0;
  const worker = async () => {
    while (started < events && performance.now() < deadline) {
      started += eventsPerAppend;
      const stream = ledger.take();
      const batch = Array.from({ length: eventsPerAppend }, (_, n) => orderEvent(started + n));
      const sent = performance.now();
      await contender.append(stream, ledger.revision(stream), batch);
      latencies.add(performance.now() - sent);
      ledger.settle(stream, eventsPerAppend);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return {
    events: latencies.count * eventsPerAppend,
    elapsedMs: performance.now() - began,
    ...latencies.percentiles(),
  };
}

/**
 * Appends one event to a new stream, waits for it, and goes on with the next.
 *
 * @param {Contender} contender
 * @param {Ledger} ledger its first streams must be untouched by other loads
 * @param {{ seconds: number }} load
 */
export const appendOneByOne = (contender, ledger, { seconds }) =>
  appendLoad(contender, ledger, { inFlight: 1, eventsPerAppend: 1, seconds });

/**
 * Writes whole streams, for the reading loads: stream 0 first, in appends of a hundred events.
 *
 * @param {Contender} contender
 * @param {Ledger} ledger
 * @param {{ streams: number, length: number }} load
 */
export async function fillStreams(contender, ledger, { streams, length }) {
  const PER_APPEND = 100;
  for (let stream = 0; stream < streams; stream++) {
    while (ledger.revision(stream) < length) {
      const revision = ledger.revision(stream);
      const batch = Array.from({ length: Math.min(PER_APPEND, length - revision) }, (_, n) => orderEvent(revision + n));
      await contender.append(stream, revision, batch);
      ledger.settle(stream, batch.length);
    }
  }
}
