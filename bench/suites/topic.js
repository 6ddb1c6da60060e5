// @ts-check
import { interleave } from '../harness/interleave.js';
import { startNats, startRabbitMq } from '../launch/brokers.js';

import { besideIdleTransaction, catchUpInGroup, idle, retention } from './group.js';

/** @typedef {import('../harness/bench.js').Bench} Bench */
/** @typedef {import('../harness/bench.js').Scenario} Scenario */
/** @typedef {import('../harness/contender-process.js').ContenderProcess} ContenderProcess */
/** @typedef {{ name: string, sender: ContenderProcess, members: readonly ContenderProcess[], stop: () => Promise<void> }} Crew */

const MESSAGES = 100_000;
const IN_FLIGHT = 500;
const MEMBERS = 2;
const PACE = { perSecond: 500, seconds: 6 };
const GOALS = { p50Ms: 2, p99Ms: 8 };
const LOOK_EVERY_MS = 5;

const sleep = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** One producer and a group of two on one topic, each in a process of its own. @param {Bench} bench @param {string} name @returns {Promise<Crew | undefined>} */
async function crewOf(bench, name) {
  if (!bench.includes(name)) return undefined;
  const broker = name === 'nats' ? await startNats() : name === 'rabbitmq-quorum' ? await startRabbitMq() : undefined;
  if (broker === undefined && name !== 'annals-topic') {
    bench.say(`${name} is left out: its server is not installed (Debian: nats-server, rabbitmq-server)`);
    return undefined;
  }
  const url = broker?.url ?? (await bench.databases.create('topic'));
  const open = () => bench.contender(name, { url });
  const [sender, ...members] = await Promise.all([open(), ...Array.from({ length: MEMBERS }, open)]);
  const first = /** @type {ContenderProcess} */ (sender);
  await first.drive('prepareTopic');
  for (const member of members) await member.drive('consumeTopic');
  for (const member of members) while (!(await isShared(member))) await sleep(LOOK_EVERY_MS);
  return { name, sender: first, members, stop: async () => void (await broker?.stop()) };
}

/** @param {ContenderProcess} member */
const isShared = async (member) => (await member.drive('topicIsShared', { members: MEMBERS })).events === 1;

/** @param {Crew} crew @param {number} round */
const heardBy = ({ members }, round) => Promise.all(members.map((member) => member.drive('heardOfTopic', { round })));

/** @param {readonly { events: number }[]} heard */
const sum = (heard) => heard.reduce((total, { events }) => total + events, 0);

/** Everybody's CPU, the members' included. @param {readonly { notes?: Record<string, number> }[]} before @param {readonly { notes?: Record<string, number> }[]} after */
const cpuBetween = (before, after) =>
  after.reduce(
    (total, { notes }, index) => total + (notes?.['cpuUs'] ?? 0) - (before[index]?.notes?.['cpuUs'] ?? 0),
    0,
  );

/** @param {Crew} crew @param {number} round */
async function throughputRound(crew, round) {
  const before = await heardBy(crew, round);
  const began = performance.now();
  const sending = crew.sender.drive('sendToTopic', { round, messages: MESSAGES, inFlight: IN_FLIGHT });
  let heard = await heardBy(crew, round);
  while (sum(heard) < MESSAGES) {
    await sleep(LOOK_EVERY_MS);
    heard = await heardBy(crew, round);
  }
  const elapsedMs = performance.now() - began;
  const sent = await sending;
  return { ...sent, events: MESSAGES, elapsedMs, nodeCpuUs: sent.nodeCpuUs + cpuBetween(before, heard) };
}

/** @param {Crew} crew @param {number} round */
async function pacedRound(crew, round) {
  const messages = PACE.perSecond * PACE.seconds;
  const before = await heardBy(crew, round);
  const sent = await crew.sender.drive('paceToTopic', { round, perSecond: PACE.perSecond, messages });
  let heard = await heardBy(crew, round);
  while (sum(heard) < messages) {
    await sleep(LOOK_EVERY_MS);
    heard = await heardBy(crew, round);
  }
  const worst = (/** @type {'p50Ms' | 'p99Ms'} */ of) =>
    Math.max(...heard.map((one) => one[of]).filter((ms) => !Number.isNaN(ms)));
  const nodeCpuUs = sent.nodeCpuUs + cpuBetween(before, heard);
  return { ...sent, p50Ms: worst('p50Ms'), p99Ms: worst('p99Ms'), nodeCpuUs };
}

/** @param {Bench} bench @param {(crew: Crew, round: number) => Promise<import('../harness/contender-child.js').Slice>} round */
async function crews(bench, round) {
  /** @type {Crew[]} */
  const found = [];
  try {
    for (const name of ['annals-topic', 'nats', 'rabbitmq-quorum']) {
      const crew = await crewOf(bench, name);
      if (crew !== undefined) found.push(crew);
    }
    let rounds = 0;
    const entrants = found.map((crew) => ({ label: crew.name, slice: () => round(crew, ++rounds) }));
    const figures = await interleave(entrants, { slices: bench.options.slices, serverCpu: bench.serverCpu });
    bench.show(figures);
    return figures;
  } finally {
    await Promise.all(found.map((crew) => crew.stop()));
  }
}

/** Publish, consume by a group of two, commit. @param {Bench} bench */
async function throughput(bench) {
  const figures = await crews(bench, throughputRound);
  const rate = (/** @type {string} */ label) => figures.find((of) => of.label === label)?.rate;
  const ours = rate('annals-topic');
  const name = `topic, ${MESSAGES.toLocaleString('en')} messages, ${IN_FLIGHT} in flight`;
  bench.judge(name, { ours, peer: rate('nats'), peerName: 'nats', goal: 4 });
  bench.judge(name, { ours, peer: rate('rabbitmq-quorum'), peerName: 'rabbitmq-quorum', goal: 3 });
}

/** How long after its send was called a message reaches a handler of another process. @param {Bench} bench */
async function latency(bench) {
  const figures = await crews(bench, pacedRound);
  const ours = figures.find((of) => of.label === 'annals-topic');
  for (const percentile of /** @type {const} */ (['p50Ms', 'p99Ms'])) {
    const name = `topic, ${PACE.perSecond} messages a second, ${percentile.slice(0, 3)} ms`;
    bench.judge(name, { ours: ours?.[percentile], peer: GOALS[percentile], peerName: 'asked', goal: 1, less: true });
  }
}

/** @type {readonly Scenario[]} */
export const scenarios = [
  { name: 'throughput', run: throughput },
  { name: 'latency', run: latency },
  { name: 'catch-up', run: catchUpInGroup },
  { name: 'retention', run: retention },
  { name: 'idle', run: idle },
  { name: 'held transaction', run: besideIdleTransaction },
];
