// @ts-check
import { setTimeout as sleep } from 'node:timers/promises';
import { interleave } from './interleave.js';
import { startNats, startRabbitMq } from '../launch/brokers.js';

/** @typedef {import('./bench.js').Bench} Bench */
/** @typedef {import('./contender-child.js').Slice} Slice */
/** @typedef {import('./contender-process.js').ContenderProcess} ContenderProcess */
/** @typedef {import('./interleave.js').Figures} Figures */

/**
 * One that sends and some that share what it sends, each in a process of its own.
 * @typedef {{ name: string, url: string, sender: ContenderProcess, members: readonly ContenderProcess[] }} Crew
 */

/** @typedef {{ messages: number, inFlight: number }} Load */

export const MEMBERS = 2;
const LOOK_EVERY_MS = 5;

/** Servers, each started once, however many contenders use it. */
class Brokers {
  /** @type {Map<string, Promise<import('../launch/brokers.js').Broker | undefined>>} */
  #started = new Map();

  /** @param {string} name of a contender @returns the server it needs; undefined when it is not installed */
  of(name) {
    const kind = name.startsWith('nats') ? 'nats' : 'rabbitmq';
    const broker = this.#started.get(kind) ?? (kind === 'nats' ? startNats() : startRabbitMq());
    this.#started.set(kind, broker);
    return broker;
  }

  async stop() {
    for (const broker of this.#started.values()) await (await broker)?.stop();
  }
}

/** @param {string} name */
const needsBroker = (name) => name.startsWith('nats') || name.startsWith('rabbitmq');

/** @param {Bench} bench @param {string} name @param {Brokers} brokers @returns {Promise<Crew | undefined>} undefined when it is not measured */
export async function crewOf(bench, name, brokers = new Brokers()) {
  if (!bench.includes(name)) return undefined;
  const broker = needsBroker(name) ? await brokers.of(name) : undefined;
  if (broker === undefined && needsBroker(name)) {
    bench.say(`${name} is left out: its server is not installed (Debian: nats-server, rabbitmq-server)`);
    return undefined;
  }
  const url = broker?.url ?? (await bench.databases.create('crew'));
  const open = () => bench.contender(name, { url });
  const [sender, ...members] = await Promise.all([open(), ...Array.from({ length: MEMBERS }, open)]);
  const first = /** @type {ContenderProcess} */ (sender);
  await first.drive('prepareTopic');
  for (const member of members) await member.drive('consumeTopic');
  for (const member of members) while (!(await isShared(member))) await sleep(LOOK_EVERY_MS);
  return { name, url, sender: first, members };
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

/** Until all have heard so many. @param {Crew} crew @param {number} round @param {number} messages */
async function untilHeard(crew, round, messages) {
  let heard = await heardBy(crew, round);
  while (sum(heard) < messages) {
    await sleep(LOOK_EVERY_MS);
    heard = await heardBy(crew, round);
  }
  return heard;
}

/** From the first send until the last message is handled. @param {Crew} crew @param {number} round @param {Load} load @returns {Promise<Slice>} */
export async function throughputRound(crew, round, { messages, inFlight }) {
  const before = await heardBy(crew, round);
  const began = performance.now();
  const sending = crew.sender.drive('sendToTopic', { round, messages, inFlight });
  const heard = await untilHeard(crew, round, messages);
  const elapsedMs = performance.now() - began;
  const sent = await sending;
  return { ...sent, events: messages, elapsedMs, nodeCpuUs: sent.nodeCpuUs + cpuBetween(before, heard) };
}

/** At a steady pace; the percentiles are those from the send to the handler, of the slower member. @param {Crew} crew @param {number} round @param {{ perSecond: number, seconds: number }} pace @returns {Promise<Slice>} */
export async function pacedRound(crew, round, { perSecond, seconds }) {
  const messages = perSecond * seconds;
  const before = await heardBy(crew, round);
  const sent = await crew.sender.drive('paceToTopic', { round, perSecond, messages });
  const heard = await untilHeard(crew, round, messages);
  const worst = (/** @type {'p50Ms' | 'p99Ms'} */ of) =>
    Math.max(...heard.map((one) => one[of]).filter((ms) => !Number.isNaN(ms)));
  const nodeCpuUs = sent.nodeCpuUs + cpuBetween(before, heard);
  return { ...sent, p50Ms: worst('p50Ms'), p99Ms: worst('p99Ms'), nodeCpuUs };
}

/** Crews that take turns. @param {Bench} bench @param {readonly string[]} names @param {(crew: Crew, round: number) => Promise<Slice>} round @returns {Promise<Figures[]>} */
export async function crews(bench, names, round) {
  /** @type {Crew[]} */
  const found = [];
  const brokers = new Brokers();
  try {
    for (const name of names) {
      const crew = await crewOf(bench, name, brokers);
      if (crew !== undefined) found.push(crew);
    }
    let rounds = 0;
    const entrants = found.map((crew) => ({ label: crew.name, slice: () => round(crew, ++rounds) }));
    const figures = await interleave(entrants, { slices: bench.options.slices, serverCpu: bench.serverCpu });
    bench.show(figures);
    return figures;
  } finally {
    await brokers.stop();
  }
}
