// @ts-check
import { interleave } from '../harness/interleave.js';

/** @typedef {import('../harness/bench.js').Bench} Bench */
/** @typedef {import('../harness/bench.js').Scenario} Scenario */
/** @typedef {import('../harness/interleave.js').Figures} Figures */

const WRITERS = 64;
const PEERS = ['emmett', 'castore', 'handrolled', 'message-db'];
/** Two aggregates: one with a long history and a snapshot, one with a short history. */
const LONG = { stream: 1, length: 10_000 };
const SHORT = { stream: 2, length: 10 };

/** @param {readonly Figures[]} figures @param {string} label */
const rateOf = (figures, label) => figures.find((of) => of.label === label)?.rate;

/**
 * @param {Bench} bench
 * @param {readonly string[]} names
 * @param {'revision' | 'any'} expecting
 */
async function onOneStream(bench, names, expecting) {
  const { slices, seconds } = bench.options;
  const included = names.filter((name) => bench.includes(name));
  const contenders = await Promise.all(included.map((name) => bench.contender(name, { streams: 1 })));
  const load = { writers: WRITERS, seconds, expecting };
  const entrants = contenders.map((of) => ({ label: of.name, slice: () => of.drive('hotStream', load) }));
  const figures = await interleave(entrants, { slices, serverCpu: bench.serverCpu });
  for (const contender of contenders) await contender.audit();
  bench.show(figures);
  return figures;
}

/** 64 writers that expect the revision they have read, and try again. @param {Bench} bench */
async function expectingRevision(bench) {
  const figures = await onOneStream(bench, ['annals', ...PEERS], 'revision');
  for (const { label, notes } of figures) {
    if ((notes['tries'] ?? 0) > 0) bench.say(`${label}: ${notes['tries']?.toFixed(1)} tries for each success`);
  }
  const best = figures
    .filter(({ label }) => label !== 'annals')
    .reduce((/** @type {Figures | undefined} */ found, of) => (found && found.rate > of.rate ? found : of), undefined);
  const judged = { ours: rateOf(figures, 'annals'), peer: best?.rate, peerName: best?.label ?? '', goal: 30 };
  bench.judge('hot stream, expected revision', judged);
}

/** 64 writers that expect nothing. @param {Bench} bench */
async function expectingNothing(bench) {
  const figures = await onOneStream(bench, ['annals', 'message-db'], 'any');
  const peer = rateOf(figures, 'message-db');
  bench.judge('hot stream, any', { ours: rateOf(figures, 'annals'), peer, peerName: 'message-db', goal: 10 });
}

/** A long history behind a snapshot, against a short one. @param {Bench} bench */
async function loading(bench) {
  const { slices, seconds } = bench.options;
  if (!bench.includes('annals')) return;
  const annals = await bench.contender('annals', { streams: 10 });
  for (const aggregate of [LONG, SHORT]) await annals.drive('fillAggregate', aggregate);
  const entrants = [LONG, SHORT].map((of) => ({
    label: `${of.length} events`,
    slice: () => annals.drive('loadAggregate', { ...of, seconds }),
  }));
  const [long, short] = await interleave(entrants, { slices, serverCpu: bench.serverCpu });
  bench.show([long, short].filter((of) => of !== undefined));
  bench.judge('load with a snapshot, p50 ms', {
    ours: long?.p50Ms,
    peer: short?.p50Ms,
    peerName: `${SHORT.length} events`,
    goal: 0.5,
    less: true,
  });
  const commands = 100;
  const { notes } = await annals.drive('countStatements', { stream: SHORT.stream, commands });
  await annals.audit();
  const each = (notes?.['statements'] ?? Number.NaN) / commands;
  bench.say(`a command on an aggregate in use: ${each} statements`);
  bench.judge('command on an aggregate in use, statements', {
    ours: each,
    peer: 1,
    peerName: 'bound',
    goal: 1,
    less: true,
  });
}

/** @type {readonly Scenario[]} */
export const scenarios = [
  { name: 'hot stream, expected revision', run: expectingRevision },
  { name: 'hot stream, any', run: expectingNothing },
  { name: 'load with a snapshot', run: loading },
];
