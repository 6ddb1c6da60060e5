// @ts-check
import { figures, interleave, measured } from '../harness/interleave.js';
import { latencyBetween, latencyWithin } from './latency.js';

/** @typedef {import('../harness/bench.js').Bench} Bench */
/** @typedef {import('../harness/bench.js').Scenario} Scenario */
/** @typedef {import('../harness/contender-process.js').ContenderProcess} ContenderProcess */
/** @typedef {import('../harness/interleave.js').Entrant} Entrant */
/** @typedef {import('../harness/interleave.js').Figures} Figures */

const STREAMS = { streams: 20, length: 1_000 };
const EVENTS = 1_000_000;
/** Emmett's consumer sorts what is left of its table for every batch: it would take hours, so its rate is that of a while. */
const EMMETT_LIMIT_MS = { defaults: 30_000, batch1000: 90_000 };
const OUR_LIMIT_MS = 300_000;
const FLAT_MIB = 64;

/** Loads whole streams of a thousand events. @param {Bench} bench */
async function rehydrate(bench) {
  const { slices, seconds } = bench.options;
  const names = ['annals', 'castore', 'emmett', 'handrolled'].filter((name) => bench.includes(name));
  const contenders = await Promise.all(names.map((name) => bench.contender(name, { streams: STREAMS.streams })));
  for (const contender of contenders) {
    await contender.drive('fillStreams', STREAMS);
    await contender.audit();
  }
  const entrants = contenders.map((of) => ({
    label: of.name,
    slice: () => of.drive('rehydrate', { ...STREAMS, seconds }),
  }));
  const measuredFigures = await interleave(entrants, { slices, serverCpu: bench.serverCpu });
  bench.show(measuredFigures);
  const of = (/** @type {string} */ label) => measuredFigures.find((one) => one.label === label);
  const ours = of('annals');
  bench.judge('rehydrate 1,000 events', {
    ours: ours?.rate,
    peer: of('castore')?.rate,
    peerName: 'castore',
    goal: 1.7,
  });
  bench.judge('rehydrate 1,000 events', { ours: ours?.rate, peer: of('emmett')?.rate, peerName: 'emmett', goal: 5 });
  const cpu = { ours: cpuUs(ours), peer: cpuUs(of('emmett')) };
  bench.judge('rehydrate 1,000 events, CPU µs per event', { ...cpu, peerName: 'emmett', goal: 5, less: true });
}

/** @param {Figures | undefined} of @returns {number | undefined} what an event costs on both sides of the connection */
const cpuUs = (of) => (of?.serverUs === undefined ? undefined : of.nodeUs + of.serverUs);

/** A new consumer reads all there is, with a handler that does nothing and a checkpoint per batch. @param {Bench} bench */
async function catchUp(bench) {
  /** @type {Entrant[]} */
  const turns = [];
  if (bench.includes('annals')) {
    const annals = await filled(bench, 'annals', { events: EVENTS, inFlight: 16 });
    const ours = { label: 'annals', slice: () => annals.drive('catchUp', { timeLimitMs: OUR_LIMIT_MS }) };
    turns.push(ours, ours, ours);
  }
  if (bench.includes('emmett')) {
    // One append at a time: after concurrent ones its consumer (0.42.0) skips events. It reads in order of transaction and goes
    // on after the last one's global position, but a later transaction may hold a smaller position (527 of 100,000 with 16).
    const emmett = await filled(bench, 'emmett', { events: EVENTS, inFlight: 1 });
    const { defaults, batch1000 } = EMMETT_LIMIT_MS;
    turns.splice(1, 0, {
      label: 'emmett, its defaults',
      slice: () => emmett.drive('catchUp', { timeLimitMs: defaults }),
    });
    turns.splice(3, 0, {
      label: 'emmett, batches of 1,000',
      slice: () => emmett.drive('catchUp', { batchSize: 1_000, timeLimitMs: batch1000 }),
    });
  }
  /** @type {Map<string, Awaited<ReturnType<typeof measured>>[]>} */
  const slices = new Map();
  for (const turn of turns)
    slices.set(turn.label, [...(slices.get(turn.label) ?? []), await measured(turn, bench.serverCpu)]);
  const found = [...slices].map(([label, of]) => figures(label, of));
  bench.show(found);
  for (const { label, notes } of found) {
    const { share = Number.NaN, rssGrowthBytes = Number.NaN } = notes;
    bench.say(
      `${label}: read ${(share * 100).toFixed(0)} % of its events, memory grew by ${toMib(rssGrowthBytes).toFixed(1)} MiB after the first tenth`,
    );
  }
  const ours = found.find((of) => of.label === 'annals');
  const peer = found
    .filter((of) => of !== ours)
    .reduce((/** @type {Figures | undefined} */ best, of) => (best && best.rate > of.rate ? best : of), undefined);
  bench.judge('catch-up', { ours: ours?.rate, peer: peer?.rate, peerName: peer?.label ?? '', goal: 40 });
  const growth = ours && Math.max(1, toMib(ours.notes['rssGrowthBytes'] ?? Number.NaN));
  bench.judge('catch-up, memory growth MiB', { ours: growth, peer: FLAT_MIB, peerName: 'bound', goal: 1, less: true });
}

/** @param {number} bytes */
const toMib = (bytes) => bytes / 2 ** 20;

/** @param {Bench} bench @param {string} name @param {{ events: number, inFlight: number }} load */
async function filled(bench, name, load) {
  const contender = await bench.contender(name);
  await contender.drive('appendLoad', { ...load, eventsPerAppend: 100 });
  await contender.audit();
  return contender;
}

/** @type {readonly Scenario[]} */
export const scenarios = [
  { name: 'rehydrate 1,000 events', run: rehydrate },
  { name: 'catch-up', run: catchUp },
  { name: 'append to handler, one process', run: latencyWithin },
  { name: 'append to handler, two processes', run: latencyBetween },
];
