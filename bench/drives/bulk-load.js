// @ts-check
import { Latencies } from '../harness/latencies.js';
import { orderEvent } from '../harness/order-event.js';

/**
 * Inserts rows in statements of a thousand, each connection sending its next one as soon as the last is done.
 *
 * @param {import('../contenders/contender.js').Contender} contender
 * @param {import('../harness/ledger.js').Ledger} ledger
 * @param {{ connections: number, eventsPerAppend: number, rowsPerInsert: number, seconds: number }} load
 *   `eventsPerAppend`: neighbouring rows of one stream, as the appends compared with have them
 */
export async function bulkLoad(contender, ledger, { connections, eventsPerAppend, rowsPerInsert, seconds }) {
  const { bulk } = contender;
  if (bulk === undefined) throw new Error('this contender has no bulk insert');
  const latencies = new Latencies();
  const began = performance.now();
  const deadline = began + seconds * 1_000;
  let events = 0;
  const worker = async (/** @type {number} */ connection) => {
    while (performance.now() < deadline) {
      const streams = Array.from({ length: rowsPerInsert / eventsPerAppend }, () => ledger.take());
      const rows = streams.flatMap((stream) =>
        Array.from({ length: eventsPerAppend }, (_, n) => ({
          stream,
          revision: ledger.revision(stream) + n + 1,
          event: orderEvent(events + stream + n),
        })),
      );
      const sent = performance.now();
      await bulk(connection, rows);
      latencies.add(performance.now() - sent);
      for (const stream of streams) ledger.settle(stream, eventsPerAppend);
      events += rows.length;
    }
  };
  await Promise.all(Array.from({ length: connections }, (_, connection) => worker(connection)));
  return { events, elapsedMs: performance.now() - began, ...latencies.percentiles() };
}
