// @ts-check
import { crews, pacedRound, throughputRound } from '../harness/crew.js';
import { besideIdleTransaction, catchUpInGroup, idle, retention } from './group.js';

/** @typedef {import('../harness/bench.js').Bench} Bench */
/** @typedef {import('../harness/bench.js').Scenario} Scenario */

const LOAD = { messages: 100_000, inFlight: 500 };
const PACE = { perSecond: 500, seconds: 6 };
const GOALS = { p50Ms: 2, p99Ms: 8 };
const CREWS = ['annals-topic', 'nats', 'rabbitmq-quorum'];

/** Publish, consume by a group of two, commit. @param {Bench} bench */
async function throughput(bench) {
  const figures = await crews(bench, CREWS, (crew, round) => throughputRound(crew, round, LOAD));
  const rate = (/** @type {string} */ label) => figures.find((of) => of.label === label)?.rate;
  const ours = rate('annals-topic');
  const name = `topic, ${LOAD.messages.toLocaleString('en')} messages, ${LOAD.inFlight} in flight`;
  bench.judge(name, { ours, peer: rate('nats'), peerName: 'nats', goal: 4 });
  bench.judge(name, { ours, peer: rate('rabbitmq-quorum'), peerName: 'rabbitmq-quorum', goal: 3 });
}

/** How long after its send was called a message reaches a handler of another process. @param {Bench} bench */
async function latency(bench) {
  const figures = await crews(bench, CREWS, (crew, round) => pacedRound(crew, round, PACE));
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
