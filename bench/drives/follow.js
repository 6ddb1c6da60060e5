// @ts-check
import { Latencies } from '../harness/latencies.js';
import { orderEvent } from '../harness/order-event.js';

/** @typedef {import('../contenders/contender.js').Contender} Contender */
/** @typedef {import('../harness/ledger.js').Ledger} Ledger */

/** One clock for all processes of the machine. Milliseconds. */
const now = () => Number(process.hrtime.bigint()) / 1e6;

/** What this process has heard, by round. @type {Map<number, Latencies>} */
const heard = new Map();
/** @type {(() => Promise<void>) | undefined} */
let stop;

/** Begins to listen, and goes on until `unfollow`. @param {Contender} contender */
export async function follow(contender) {
  if (contender.follow === undefined) throw new Error('this contender has no live consumer');
  stop = await contender.follow((data) => {
    const round = Number(data['round']);
    const latencies = heard.get(round) ?? new Latencies();
    heard.set(round, latencies);
    latencies.add(now() - Number(data['sentAt']));
  });
}

export async function unfollow() {
  await stop?.();
  stop = undefined;
  heard.clear();
}

/**
 * Appends single events at a steady pace, each carrying when its append was called.
 *
 * @param {Contender} contender
 * @param {Ledger} ledger
 * @param {{ round: number, perSecond: number, events: number }} load
 */
export async function pace(contender, ledger, { round, perSecond, events }) {
  const began = now();
  /** @type {Promise<void>[]} */
  const sent = [];
  const send = async () => {
    const stream = ledger.take();
    const event = orderEvent(stream);
    await contender.append(stream, ledger.revision(stream), [
      { ...event, data: { ...event.data, round, sentAt: now() } },
    ]);
    ledger.settle(stream, 1);
  };
  for (let n = 0; n < events; n++) {
    await sleepUntil(began + (n * 1_000) / perSecond);
    sent.push(send());
  }
  await Promise.all(sent);
  return { events, elapsedMs: now() - began, p50Ms: Number.NaN, p99Ms: Number.NaN };
}

/**
 * Waits until a round has been heard whole.
 *
 * @param {Contender} _contender
 * @param {Ledger} _ledger
 * @param {{ round: number, events: number, timeLimitMs: number }} expected
 */
export async function hear(_contender, _ledger, { round, events, timeLimitMs }) {
  const limit = now() + timeLimitMs;
  while ((heard.get(round)?.count ?? 0) < events && now() < limit) await sleepUntil(now() + 10);
  const latencies = heard.get(round) ?? new Latencies();
  return { events: latencies.count, elapsedMs: 0, ...latencies.percentiles() };
}

/** @param {number} time */
const sleepUntil = (time) => new Promise((resolve) => setTimeout(resolve, Math.max(0, time - now())));
