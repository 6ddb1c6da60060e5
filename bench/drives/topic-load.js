// @ts-check
import { Latencies } from '../harness/latencies.js';

/** @typedef {import('../contenders/topic-contender.js').TopicContender} TopicContender */

const KEYS = 5_000;
/** With the other fields a message of about 400 B. */
const PADDING = 'x'.repeat(290);

/** One clock for all processes of the machine. Milliseconds. */
const now = () => Number(process.hrtime.bigint()) / 1e6;

/** What this process has heard, by round. @type {Map<number, { count: number, latencies: Latencies }>} */
const heard = new Map();

/** @param {TopicContender} contender */
export async function prepareTopic(contender) {
  await contender.prepare();
}

/** Begins to consume. @param {TopicContender} contender */
export async function consumeTopic(contender) {
  await contender.consume((message) => {
    const round = Number(message['round']);
    let own = heard.get(round);
    if (own === undefined) heard.set(round, (own = { count: 0, latencies: new Latencies() }));
    own.count += 1;
    if (message['sentAt'] !== undefined) own.latencies.add(now() - Number(message['sentAt']));
  });
}

/** @param {TopicContender} contender @param {unknown} _ledger @param {{ members: number }} of */
export async function topicIsShared(contender, _ledger, { members }) {
  return { events: (await contender.isShared(members)) ? 1 : 0, elapsedMs: 0, p50Ms: 0, p99Ms: 0 };
}

/** Sends single messages, so many of them under way at once. @param {TopicContender} contender @param {unknown} _ledger @param {{ round: number, messages: number, inFlight: number }} load */
export async function sendToTopic(contender, _ledger, { round, messages, inFlight }) {
  const began = now();
  let next = 0;
  const sender = async () => {
    while (next < messages) {
      const n = next++;
      await contender.send(`order-${n % KEYS}`, { round, n, customer: `customer-${n % 977}`, padding: PADDING });
    }
  };
  await Promise.all(Array.from({ length: inFlight }, sender));
  return { events: messages, elapsedMs: now() - began, p50Ms: Number.NaN, p99Ms: Number.NaN };
}

/** Sends single messages at a steady pace, each carrying when its send was called. @param {TopicContender} contender @param {unknown} _ledger @param {{ round: number, perSecond: number, messages: number }} load */
export async function paceToTopic(contender, _ledger, { round, perSecond, messages }) {
  const began = now();
  const latencies = new Latencies();
  /** @type {Promise<void>[]} */
  const sent = [];
  for (let n = 0; n < messages; n++) {
    const due = began + (n * 1_000) / perSecond;
    if (due > now()) await new Promise((resolve) => setTimeout(resolve, due - now()));
    const sentAt = now();
    const sending = contender.send(`order-${n % KEYS}`, { round, n, sentAt, padding: PADDING });
    sent.push(sending.then(() => latencies.add(now() - sentAt)));
  }
  await Promise.all(sent);
  return { events: messages, elapsedMs: now() - began, ...latencies.percentiles() };
}

/** @param {TopicContender} contender */
export async function closeSegments(contender) {
  await contender.closeSegments?.();
}

/** @param {TopicContender} contender */
export async function expireRecords(contender) {
  const gone = (await contender.expireRecords?.()) ?? 0;
  if (gone === 0) throw new Error('no record has gone');
  return { events: gone, elapsedMs: 0, p50Ms: 0, p99Ms: 0 };
}

/** What this process has heard of a round by now. @param {TopicContender} _contender @param {unknown} _ledger @param {{ round: number }} of */
export async function heardOfTopic(_contender, _ledger, { round }) {
  const own = heard.get(round);
  const percentiles = own?.latencies.percentiles() ?? { p50Ms: Number.NaN, p99Ms: Number.NaN };
  const { user, system } = process.cpuUsage();
  return { events: own?.count ?? 0, elapsedMs: 0, ...percentiles, notes: { cpuUs: user + system } };
}
