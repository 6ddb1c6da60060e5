// @ts-check
import { interleave } from '../harness/interleave.js';

/** @typedef {import('../harness/bench.js').Bench} Bench */
/** @typedef {import('../harness/bench.js').Scenario} Scenario */

/** More than can be reached: every command begins an aggregate. */
const STREAMS = 10_000_000;

/** Commands through the bus and its pipeline, each one event, against the bare append of the same. @param {Bench} bench */
async function against64(bench) {
  const { slices, seconds } = bench.options;
  const names = ['annals-command', 'annals'].filter((name) => bench.includes(name));
  const contenders = await Promise.all(names.map((name) => bench.contender(name, { streams: STREAMS })));
  const load = { inFlight: 64, eventsPerAppend: 1, seconds };
  const entrants = contenders.map((of) => ({
    label: of.name === 'annals' ? 'bare append' : 'command',
    slice: () => of.drive('appendLoad', load),
  }));
  const figures = await interleave(entrants, { slices, serverCpu: bench.serverCpu });
  for (const contender of contenders) await contender.audit();
  bench.show(figures);
  const rate = (/** @type {string} */ label) => figures.find((of) => of.label === label)?.rate;
  const judged = { ours: rate('command'), peer: rate('bare append'), peerName: 'bare append', goal: 1 / 1.3 };
  bench.judge('command to committed event, 64 in flight', judged);
}

/** @type {readonly Scenario[]} */
export const scenarios = [{ name: 'command, 64 in flight', run: against64 }];
