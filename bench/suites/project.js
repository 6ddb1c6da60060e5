// @ts-check
import { figures, interleave, measured } from '../harness/interleave.js';

/** @typedef {import('../harness/bench.js').Bench} Bench */
/** @typedef {import('../harness/bench.js').Scenario} Scenario */
/** @typedef {import('../harness/interleave.js').Entrant} Entrant */

const EVENTS = 1_000_000;
/** Its consumer sorts what is left of its table for every batch, so its rate is that of a while. */
const EMMETT_LIMIT_MS = 30_000;
const SLICES = 3;
const GOAL_P50_MS = 10;

/** One row per event, over a million events: against emmett's projection, and against the bare upserts. @param {Bench} bench */
async function rows(bench) {
  /** @type {Entrant[]} */
  const entrants = [];
  if (bench.includes('annals-project')) {
    const ours = await bench.contender('annals-project');
    await ours.drive('appendLoad', { events: EVENTS, inFlight: 16, eventsPerAppend: 100 });
    for (const [label, options] of /** @type {const} */ ([
      ['annals, folded', { way: 'fold', lanes: 1 }],
      ['annals, in batches', { way: 'batch', lanes: 1 }],
      ['annals, in batches, 4 lanes', { way: 'batch', lanes: 4 }],
      ['annals, rebuilt, folded, 4 lanes', { way: 'fold', lanes: 4, rebuild: true }],
    ]))
      entrants.push({ label, slice: () => ours.drive('project', options) });
  }
  if (bench.includes('raw-upsert')) {
    const raw = await bench.contender('raw-upsert');
    for (const connections of [1, 2])
      entrants.push({
        label: `bare upserts, ${connections} connections`,
        slice: () => raw.drive('project', { rows: EVENTS, connections }),
      });
  }
  if (bench.includes('emmett-project')) {
    const emmett = await bench.contender('emmett-project');
    await emmett.drive('appendLoad', { events: EVENTS, inFlight: 1, eventsPerAppend: 100 });
    entrants.push({ label: 'emmett', slice: () => emmett.drive('project', { timeLimitMs: EMMETT_LIMIT_MS }) });
  }
  // The first read of a fresh row writes down in it that it is committed, which a log of some age has behind it.
  await entrants[0]?.slice();
  const found = await interleave(entrants, { slices: SLICES, serverCpu: bench.serverCpu, warmUp: false });
  bench.show(found);
  const rate = (/** @type {string} */ label) => found.find((of) => of.label === label)?.rate;
  for (const label of ['annals, folded', 'annals, in batches', 'annals, in batches, 4 lanes']) {
    const judge = (/** @type {string} */ peerName, /** @type {number} */ goal) =>
      bench.judge(`${label}, one row per event`, { ours: rate(label), peer: rate(peerName), peerName, goal });
    judge('emmett', 20);
    // One lane writes over one connection, four write over several.
    judge(label.endsWith('lanes') ? 'bare upserts, 2 connections' : 'bare upserts, 1 connections', 0.5);
  }
}

/** How long after its commit an append is in the read model. @param {Bench} bench */
async function readOwnWrites(bench) {
  if (!bench.includes('annals-project')) return;
  const ours = await bench.contender('annals-project');
  const label = 'commit to reached()';
  const found = [];
  for (let n = 0; n < 3; n++) {
    const slice = () => ours.drive('readOwnWrites', { events: 500, perSecond: 100 });
    found.push(await measured({ label, slice }, bench.serverCpu));
  }
  const of = figures(label, found);
  bench.show([of]);
  const judged = { ours: of.p50Ms, peer: GOAL_P50_MS, peerName: 'asked', goal: 1, less: true };
  bench.judge('read your own writes, p50 ms', judged);
}

/** @type {readonly Scenario[]} */
export const scenarios = [
  { name: 'rows', run: rows },
  { name: 'read your own writes', run: readOwnWrites },
];
