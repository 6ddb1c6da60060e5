// @ts-check
import { Latencies } from '../harness/latencies.js';
import { orderEvent } from '../harness/order-event.js';

/** The one stream that all writers want. */
const HOT = 0;

/**
 * Writers that all append to one stream, each as soon as its last event is in.
 *
 * @param {import('../contenders/contender.js').Contender} contender
 * @param {import('../harness/ledger.js').Ledger} ledger
 * @param {{ writers: number, seconds: number, expecting: 'revision' | 'any' }} load `revision`: each append expects the
 *   revision the writer has just read, and is tried again at once when another was faster; only those that are in count
 */
export async function hotStream(contender, ledger, { writers, seconds, expecting }) {
  const latencies = new Latencies();
  const began = performance.now();
  const deadline = began + seconds * 1_000;
  let started = 0;
  let tried = 0;
  /** @returns {Promise<boolean>} whether the event is in */
  const once = async () => {
    const event = orderEvent((started += 1));
    if (expecting === 'any') {
      if (contender.appendAny === undefined) throw new Error('this contender always expects a revision');
      await contender.appendAny(HOT, event);
      return true;
    }
    if (contender.change !== undefined) {
      await contender.change(HOT, event);
      return true;
    }
    for (;;) {
      if (contender.tryChange === undefined) throw new Error('this contender has no hot stream');
      tried += 1;
      if (await contender.tryChange(HOT, event)) return true;
      if (performance.now() > deadline) return false;
    }
  };
  const writer = async () => {
    while (performance.now() < deadline) {
      const asked = performance.now();
      if (!(await once())) return;
      latencies.add(performance.now() - asked);
      ledger.settle(HOT, 1);
    }
  };
  await Promise.all(Array.from({ length: writers }, writer));
  return {
    events: latencies.count,
    elapsedMs: performance.now() - began,
    ...latencies.percentiles(),
    notes: { tries: tried / latencies.count },
  };
}
