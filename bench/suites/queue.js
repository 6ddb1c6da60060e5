// @ts-check
import { setTimeout as sleep } from 'node:timers/promises';
import { crewOf, crews, pacedRound, throughputRound } from '../harness/crew.js';
import { holdSnapshot } from '../harness/held-snapshot.js';
import { figures, measured } from '../harness/interleave.js';

/** @typedef {import('../harness/bench.js').Bench} Bench */
/** @typedef {import('../harness/bench.js').Scenario} Scenario */
/** @typedef {import('../harness/contender-child.js').Slice} Slice */

const LOAD = { messages: 100_000, inFlight: 500 };
/** Its single sends are slow: fewer of them tell its rate as well. */
const PG_BOSS_LOAD = { messages: 4_000, inFlight: 500 };
const PACE = { perSecond: 500, seconds: 6 };
const GOALS = { p50Ms: 1.5, p99Ms: 8 };
const RABBITMQ = ['rabbitmq-classic', 'rabbitmq-quorum', 'rabbitmq-client-classic', 'rabbitmq-client-quorum'];

/** Publish with confirms, consume by two with prefetch 50, acknowledge. @param {Bench} bench */
async function throughput(bench) {
  const found = await crews(bench, ['annals-queue', ...RABBITMQ, 'nats', 'pg-boss'], (crew, round) =>
    throughputRound(crew, round, crew.name === 'pg-boss' ? PG_BOSS_LOAD : LOAD),
  );
  const rate = (/** @type {string} */ label) => found.find((of) => of.label === label)?.rate;
  const ours = rate('annals-queue');
  const name = `queue, ${LOAD.messages.toLocaleString('en')} messages, ${LOAD.inFlight} in flight`;
  for (const peerName of RABBITMQ) bench.judge(name, { ours, peer: rate(peerName), peerName, goal: 2.5 });
  bench.judge(name, { ours, peer: rate('nats'), peerName: 'nats', goal: 3 });
  bench.judge(name, { ours, peer: rate('pg-boss'), peerName: 'pg-boss', goal: 20 });
}

/** How long after its send was called a message reaches a handler of another process. @param {Bench} bench */
async function latency(bench) {
  const found = await crews(bench, ['annals-queue', 'rabbitmq-classic', 'nats'], (crew, round) =>
    pacedRound(crew, round, PACE),
  );
  const ours = found.find((of) => of.label === 'annals-queue');
  for (const percentile of /** @type {const} */ (['p50Ms', 'p99Ms'])) {
    const name = `queue, ${PACE.perSecond} messages a second, ${percentile.slice(0, 3)} ms`;
    bench.judge(name, { ours: ours?.[percentile], peer: GOALS[percentile], peerName: 'asked', goal: 1, less: true });
  }
}

const AGE = { messages: 10_000_000, inFlight: 2_000 };

/** Size and throughput after ten million messages, and beside a snapshot that is held, against those after 100,000. @param {Bench} bench */
async function ageing(bench) {
  const crew = await crewOf(bench, 'annals-queue');
  if (crew === undefined) return;
  let round = 0;
  const slice = () => throughputRound(crew, ++round, LOAD);
  const some = async (/** @type {string} */ label) => {
    /** @type {(Slice & { serverUs: number | undefined })[]} */
    const slices = [];
    for (let n = 0; n < bench.options.slices; n++) slices.push(await measured({ label, slice }, bench.serverCpu));
    return figures(label, slices);
  };
  await slice();
  const size = async () => (await crew.sender.drive('sizeOfQueue')).events;
  const sizes = { young: await size(), old: 0, held: 0 };
  const young = await some('after 100,000');
  await throughputRound(crew, ++round, AGE);
  sizes.old = await size();
  const old = await some('after 10,000,000');
  const release = await holdSnapshot(crew.url);
  await sleep(60_000);
  const held = await some('beside a held snapshot');
  sizes.held = await size();
  await release();
  bench.show([young, old, held]);
  const mib = (/** @type {number} */ bytes) => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
  bench.say(`size: ${mib(sizes.young)}, then ${mib(sizes.old)}, then ${mib(sizes.held)}`);
  for (const [of, name, bytes] of /** @type {const} */ ([
    [old, '10,000,000 messages', sizes.old],
    [held, 'a snapshot held for a minute', sizes.held],
  ])) {
    bench.judge(`queue after ${name}, rate`, { ours: of.rate, peer: young.rate, peerName: 'after 100,000', goal: 0.8 });
    const size = { ours: bytes, peer: sizes.young, peerName: 'after 100,000', goal: 1 / 3, less: true };
    bench.judge(`queue after ${name}, bytes`, size);
  }
}

const BACKLOG = 1_000_000;

/** A million messages wait: how soon the first comes, and what memory it takes to get through them. @param {Bench} bench */
async function backlog(bench) {
  if (!bench.includes('annals-queue')) return;
  const url = await bench.databases.create('crew');
  const sender = await bench.contender('annals-queue', { url });
  await sender.drive('prepareTopic');
  await sender.drive('sendToTopic', { round: 1, messages: BACKLOG, inFlight: 2_000 });
  const member = await bench.contender('annals-queue', { url });
  const before = (await member.drive('memory')).events;
  const began = performance.now();
  await member.drive('consumeTopic');
  const heard = async () => (await member.drive('heardOfTopic', { round: 1 })).events;
  while ((await heard()) === 0) await sleep(1);
  const firstMs = performance.now() - began;
  let most = 0;
  while ((await heard()) < BACKLOG) {
    most = Math.max(most, (await member.drive('memory')).events);
    await sleep(100);
  }
  const seconds = (performance.now() - began) / 1_000;
  const mib = (/** @type {number} */ bytes) => bytes / 2 ** 20;
  const grown = mib(most - before);
  bench.say(
    `the first of ${BACKLOG} came after ${firstMs.toFixed(1)} ms; all in ${seconds.toFixed(1)} s; ${grown.toFixed(0)} MiB more`,
  );
  bench.judge('queue, 1,000,000 wait, first, ms', { ours: firstMs, peer: 250, peerName: 'asked', goal: 1, less: true });
  bench.judge('queue, 1,000,000 wait, MiB', {
    ours: Math.max(1, grown),
    peer: 128,
    peerName: 'asked',
    goal: 1,
    less: true,
  });
}

/** Throughput beside a transaction that idles, against the same without. @param {Bench} bench */
async function besideIdleTransaction(bench) {
  const crew = await crewOf(bench, 'annals-queue');
  if (crew === undefined) return;
  let round = 0;
  const slice = () => throughputRound(crew, ++round, LOAD);
  await slice();
  /** @type {[free: (Slice & { serverUs: number | undefined })[], beside: (Slice & { serverUs: number | undefined })[]]} */
  const [free, beside] = [[], []];
  for (let n = 0; n < bench.options.slices; n++) free.push(await measured({ label: '', slice }, bench.serverCpu));
  const release = await holdSnapshot(crew.url);
  await sleep(bench.options.full ? 600_000 : 20_000);
  for (let n = 0; n < bench.options.slices; n++) beside.push(await measured({ label: '', slice }, bench.serverCpu));
  await release();
  const found = [figures('alone', free), figures('beside a transaction that idles', beside)];
  bench.show(found);
  const judged = { ours: found[1]?.rate, peer: found[0]?.rate, peerName: 'alone', goal: 0.5 };
  bench.judge('queue beside an idle transaction', judged);
}

const BINDINGS = 10_000;
const ROUTED = 100_000;

/** What it costs to find the queues of a message among ten thousand topic bindings. @param {Bench} bench */
async function routing(bench) {
  if (!bench.includes('annals-queue')) return;
  const annals = await bench.contender('annals-queue');
  const { elapsedMs, notes } = await annals.drive('routeByTopic', { bindings: BINDINGS, messages: ROUTED });
  const microseconds = (elapsedMs * 1_000) / ROUTED;
  bench.say(`${microseconds.toFixed(1)} µs a message; a pattern of 40 # in ${notes?.['bombMs']?.toFixed(1)} ms`);
  const judged = { ours: microseconds, peer: 50, peerName: 'asked', goal: 1, less: true };
  bench.judge(`routing by ${BINDINGS.toLocaleString('en')} topic bindings, µs`, judged);
}

/** @type {readonly Scenario[]} */
export const scenarios = [
  { name: 'throughput', run: throughput },
  { name: 'latency', run: latency },
  { name: 'routing', run: routing },
  { name: 'backlog', run: backlog },
  { name: 'held transaction', run: besideIdleTransaction },
  { name: 'ageing', run: ageing },
];
