// @ts-check
import { interleave } from '../harness/interleave.js';

/** @typedef {import('../harness/bench.js').Bench} Bench */
/** @typedef {import('../harness/contender-process.js').ContenderProcess} ContenderProcess */

const PER_SECOND = 100;
/** Long enough for a 99th percentile: 500 events a slice. */
const PACED_SECONDS = 5;
/** Beyond any store's slowest poll; an event not handled by then is lost. */
const HEARD_WITHIN_MS = 10_000;
const GOALS = { p50Ms: 2.5, p99Ms: 10 };

/** How long after its append was called an event reaches a handler of the same process. @param {Bench} bench */
export const latencyWithin = (bench) => latency(bench, 'one process', false);

/** The same, the handler being in a process of its own. @param {Bench} bench */
export const latencyBetween = (bench) => latency(bench, 'two processes', true);

/** @param {Bench} bench @param {string} where @param {boolean} apart */
async function latency(bench, where, apart) {
  /** @type {ContenderProcess[]} */
  const senders = [];
  const entrants = [];
  for (const name of ['annals', 'emmett']) {
    if (!bench.includes(name)) continue;
    const url = await bench.databases.create(name);
    const sender = await bench.contender(name, { url });
    const listener = apart ? await bench.contender(name, { url }) : sender;
    senders.push(sender);
    await listener.drive('follow');
    await awaitFirst(sender, listener);
    let round = 0;
    entrants.push({ label: name, slice: () => pacedRound(sender, listener, ++round) });
  }
  const found = await interleave(entrants, { slices: bench.options.slices, serverCpu: bench.serverCpu });
  for (const sender of senders) await sender.audit();
  bench.show(found);
  const ours = found.find((of) => of.label === 'annals');
  for (const percentile of /** @type {const} */ (['p50Ms', 'p99Ms'])) {
    const name = `append to handler, ${where}, ${percentile.slice(0, 3)} ms`;
    bench.judge(name, { ours: ours?.[percentile], peer: GOALS[percentile], peerName: 'asked', goal: 1, less: true });
  }
}

/** A consumer may call itself started before it listens. @param {ContenderProcess} sender @param {ContenderProcess} listener */
async function awaitFirst(sender, listener) {
  for (let attempt = 0; attempt < 100; attempt++) {
    await sender.drive('pace', { round: 0, perSecond: PER_SECOND, events: 1 });
    const heard = await listener.drive('hear', { round: 0, events: 1, timeLimitMs: 200 });
    if (heard.events > 0) return;
  }
  throw new Error(`${listener.name} never heard the first event`);
}

/** @param {ContenderProcess} sender @param {ContenderProcess} listener @param {number} round */
async function pacedRound(sender, listener, round) {
  const events = PER_SECOND * PACED_SECONDS;
  const expected = { round, events, timeLimitMs: PACED_SECONDS * 1_000 + HEARD_WITHIN_MS };
  const [sent, heard] = await Promise.all([
    sender.drive('pace', { round, perSecond: PER_SECOND, events }),
    listener.drive('hear', expected),
  ]);
  // A peer may hand an event over twice; none may be lost.
  if (heard.events < events) throw new Error(`${listener.name} heard ${heard.events} of ${events} events`);
  const nodeCpuUs = listener === sender ? Math.max(sent.nodeCpuUs, heard.nodeCpuUs) : sent.nodeCpuUs + heard.nodeCpuUs;
  return { ...sent, p50Ms: heard.p50Ms, p99Ms: heard.p99Ms, nodeCpuUs };
}
