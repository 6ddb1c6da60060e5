// @ts-check
import { holdSnapshot } from '../harness/held-snapshot.js';
import { interleave } from '../harness/interleave.js';

/** @typedef {import('../harness/bench.js').Bench} Bench */
/** @typedef {import('../harness/bench.js').Scenario} Scenario */
/** @typedef {import('../harness/contender-process.js').ContenderProcess} ContenderProcess */
/** @typedef {import('../harness/interleave.js').Entrant} Entrant */
/** @typedef {import('../harness/interleave.js').Figures} Figures */

const ROWS_PER_INSERT = 1_000;
const CONNECTIONS = [1, 2, 4, 8];
const HOLD_SECONDS = { short: 60, full: 600 };

/** @param {readonly Figures[]} figures @param {string} label */
const rateOf = (figures, label) => figures.find((of) => of.label === label)?.rate;

/** 64 appends in flight, against the peers. @param {Bench} bench */
async function against64(bench) {
  const { slices, seconds } = bench.options;
  const names = ['annals', 'emmett', 'castore', 'handrolled'].filter((name) => bench.includes(name));
  const contenders = await Promise.all(names.map((name) => bench.contender(name)));
  const load = { inFlight: 64, eventsPerAppend: 1, seconds };
  const entrants = contenders.map((of) => ({ label: of.name, slice: () => of.drive('appendLoad', load) }));
  const figures = await interleave(entrants, { slices, serverCpu: bench.serverCpu });
  for (const contender of contenders) await contender.audit();
  bench.show(figures);
  const ours = rateOf(figures, 'annals');
  for (const [peerName, goal] of /** @type {const} */ ([
    ['emmett', 10],
    ['castore', 3.5],
    ['handrolled', 3],
  ])) {
    bench.judge('append, 64 in flight', { ours, peer: rateOf(figures, peerName), peerName, goal });
  }
}

/**
 * 512 appends in flight, against inserts of a thousand rows.
 *
 * @param {number} eventsPerAppend
 * @param {string} name
 * @param {number} goal
 * @returns {(bench: Bench) => Promise<void>}
 */
const against1000Rows = (eventsPerAppend, name, goal) => async (bench) => {
  const { slices, seconds } = bench.options;
  /** @type {Entrant[]} */
  const entrants = [];
  /** @type {ContenderProcess[]} */
  const contenders = [];
  if (bench.includes('annals')) {
    const annals = await bench.contender('annals');
    contenders.push(annals);
    entrants.push({
      label: 'annals',
      slice: () => annals.drive('appendLoad', { inFlight: 512, eventsPerAppend, seconds }),
    });
  }
  if (bench.includes('raw')) {
    const insert = { eventsPerAppend, rowsPerInsert: ROWS_PER_INSERT };
    const connections = await bestConnections(bench, insert);
    const raw = await bench.contender('raw');
    contenders.push(raw);
    entrants.push({
      label: `raw, ${connections} connections`,
      slice: () => raw.drive('bulkLoad', { ...insert, connections, seconds }),
    });
  }
  const figures = await interleave(entrants, { slices, serverCpu: bench.serverCpu });
  for (const contender of contenders) await contender.audit();
  bench.show(figures);
  const raw = figures.find((of) => of.label.startsWith('raw'));
  bench.judge(name, { ours: rateOf(figures, 'annals'), peer: raw?.rate, peerName: 'raw insert', goal });
};

/**
 * Tries the raw insert at several numbers of connections, in shorter slices, and gives the fastest. In a table of its own: the
 * one compared with ours begins as empty as ours.
 *
 * @param {Bench} bench
 * @param {{ eventsPerAppend: number, rowsPerInsert: number }} insert
 */
async function bestConnections(bench, insert) {
  const raw = await bench.contender('raw');
  const seconds = bench.options.seconds / 2;
  const entrants = CONNECTIONS.map((connections) => ({
    label: String(connections),
    slice: () => raw.drive('bulkLoad', { ...insert, connections, seconds }),
  }));
  const figures = await interleave(entrants, { slices: Math.min(3, bench.options.slices), serverCpu: bench.serverCpu });
  await raw.audit();
  await raw.close();
  bench.say(`raw by connections: ${figures.map((of) => `${of.label}: ${Math.round(of.rate)}/s`).join(', ')}`);
  return Number(figures.reduce((best, of) => (of.rate > best.rate ? of : best)).label);
}

/** Two stores on two databases; in one of them somebody holds a snapshot and an open write. @param {Bench} bench */
async function heldSnapshot(bench) {
  const { slices, seconds, full } = bench.options;
  if (!bench.includes('annals')) return;
  const url = await bench.databases.create('held');
  const held = await bench.contender('annals', { url });
  const free = await bench.contender('annals');
  const load = { inFlight: 64, eventsPerAppend: 1, seconds };
  const holdSeconds = full ? HOLD_SECONDS.full : HOLD_SECONDS.short;
  await Promise.all([held, free].map((of) => of.drive('appendLoad', load)));
  const release = await holdSnapshot(url);
  const over = performance.now() + holdSeconds * 1_000;
  const entrants = [
    { label: `annals, snapshot held ${holdSeconds} s`, slice: () => held.drive('appendLoad', load) },
    { label: 'annals, none held', slice: () => free.drive('appendLoad', load) },
  ];
  // Judged by the last slices: what decays under a held snapshot decays with time.
  const figures = await interleave(entrants, {
    slices,
    serverCpu: bench.serverCpu,
    warmUp: false,
    until: () => performance.now() >= over,
  });
  await release();
  for (const contender of [held, free]) await contender.audit();
  bench.show(figures);
  bench.judge('append, foreign snapshot held', {
    ours: figures[0]?.rate,
    peer: figures[1]?.rate,
    peerName: 'annals, none held',
    goal: 0.8,
  });
}

/** One append after the other, against the single INSERT through the driver. @param {Bench} bench */
async function oneAtATime(bench) {
  const { slices, seconds } = bench.options;
  const names = ['annals', 'raw', 'handrolled', 'castore', 'emmett'].filter((name) => bench.includes(name));
  const streams = 1_000_000; // more than can be reached: every append begins a stream
  const contenders = await Promise.all(names.map((name) => bench.contender(name, { streams })));
  const entrants = contenders.map((of) => ({
    label: of.name === 'raw' ? 'single INSERT' : of.name,
    slice: () => of.drive('appendOneByOne', { seconds }),
  }));
  const figures = await interleave(entrants, { slices, serverCpu: bench.serverCpu });
  for (const contender of contenders) await contender.audit();
  bench.show(figures);
  const p50 = (/** @type {string} */ label) => figures.find((of) => of.label === label)?.p50Ms;
  bench.judge('append one at a time, p50 ms', {
    ours: p50('annals'),
    peer: p50('single INSERT'),
    peerName: 'single INSERT',
    goal: 1 / 1.1,
    less: true,
  });
}

/** @type {readonly Scenario[]} */
export const scenarios = [
  { name: 'append, 64 in flight', run: against64 },
  { name: 'append, 512 in flight', run: against1000Rows(1, 'append, 512 in flight', 0.7) },
  { name: 'append five, 512 in flight', run: against1000Rows(5, 'append five, 512 in flight', 0.85) },
  { name: 'append, foreign snapshot held', run: heldSnapshot },
  { name: 'append one at a time', run: oneAtATime },
];
