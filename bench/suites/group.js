// @ts-check
import { setTimeout as sleep } from 'node:timers/promises';
import { figures, measured } from '../harness/interleave.js';
import { holdSnapshot } from '../harness/held-snapshot.js';

/** @typedef {import('../harness/bench.js').Bench} Bench */
/** @typedef {import('../harness/contender-child.js').Slice} Slice */
/** @typedef {import('../harness/contender-process.js').ContenderProcess} ContenderProcess */
/** @typedef {import('../harness/interleave.js').Figures} Figures */

const EVENTS = 1_000_000;
/** Its consumer sorts what is left of its table for every batch, so its rate is that of a while. */
const EMMETT_LIMIT_MS = 60_000;
const LOOK_EVERY_MS = 10;

/** All that is stored, through a new group of so many members, each in a process of its own. @param {readonly ContenderProcess[]} members @param {string} group @returns {Promise<Slice>} */
async function throughGroup(members, group) {
  const cpu = (/** @type {readonly Slice[]} */ of) => of.reduce((sum, { notes }) => sum + (notes?.['cpuUs'] ?? 0), 0);
  const look = () => Promise.all(members.map((member) => member.drive('handledInGroup', { group })));
  const before = cpu(await look());
  const began = performance.now();
  await Promise.all(members.map((member) => member.drive('followInGroup', { group })));
  for (;;) {
    const found = await look();
    if (found.reduce((sum, { events }) => sum + events, 0) >= EVENTS) {
      const nodeCpuUs = cpu(found) - before;
      return { events: EVENTS, elapsedMs: performance.now() - began, p50Ms: Number.NaN, p99Ms: Number.NaN, nodeCpuUs };
    }
    await sleep(LOOK_EVERY_MS);
  }
}

/** A million stored events through one group, by one member and by two, against emmett's consumer. @param {Bench} bench */
export async function catchUpInGroup(bench) {
  /** @type {Figures[]} */
  const found = [];
  if (bench.includes('annals-group')) {
    const url = await bench.databases.create('group');
    const members = [await bench.contender('annals-group', { url }), await bench.contender('annals-group', { url })];
    const [first] = /** @type {[ContenderProcess, ContenderProcess]} */ (members);
    await first.drive('appendLoad', { events: EVENTS, inFlight: 16, eventsPerAppend: 100 });
    /** @type {Map<number, (Slice & { serverUs: number | undefined })[]>} */
    const slices = new Map([1, 2].map((count) => [count, []]));
    for (let round = 0; round <= bench.options.slices; round++) {
      for (const count of [1, 2]) {
        const slice = () => throughGroup(members.slice(0, count), `g-${round}-${count}`);
        const one = await measured({ label: '', slice }, bench.serverCpu);
        // The first round warms up.
        if (round > 0) slices.get(count)?.push(one);
      }
    }
    for (const [count, of] of slices) found.push(figures(`one group, ${count} member(s)`, of));
  }
  if (bench.includes('emmett')) {
    const emmett = await bench.contender('emmett');
    // One append at a time: after concurrent ones its consumer skips events.
    await emmett.drive('appendLoad', { events: EVENTS, inFlight: 1, eventsPerAppend: 100 });
    const slice = () => emmett.drive('catchUp', { batchSize: 1_000, timeLimitMs: EMMETT_LIMIT_MS });
    found.push(figures('emmett, batches of 1,000', [await measured({ label: 'emmett', slice }, bench.serverCpu)]));
  }
  bench.show(found);
  const rate = (/** @type {string} */ part) => found.find(({ label }) => label.includes(part))?.rate;
  const one = rate(', 1 member');
  bench.judge('events through one group', { ours: one, peer: rate('emmett'), peerName: 'emmett', goal: 40 });
  bench.judge('two members against one', { ours: rate(', 2 member'), peer: one, peerName: 'one member', goal: 1 });
}

const AGED = { messages: 1_000_000, perSecond: 500, seconds: 6 };

/** Producers while a million records go by retention, against the same without. @param {Bench} bench */
export async function retention(bench) {
  if (!bench.includes('annals-topic')) return;
  const annals = await bench.contender('annals-topic');
  await annals.drive('prepareTopic');
  const paced = (/** @type {number} */ round) =>
    annals.drive('paceToTopic', { round, perSecond: AGED.perSecond, messages: AGED.perSecond * AGED.seconds });
  /** @type {Record<string, (Slice & { serverUs: number | undefined })[]>} */
  const slices = { without: [], with: [] };
  for (let round = 0; round < bench.options.slices; round++) {
    await annals.drive('sendToTopic', { round, messages: AGED.messages, inFlight: 1_000 });
    await annals.drive('closeSegments');
    slices['without']?.push(await measured({ label: '', slice: () => paced(round) }, bench.serverCpu));
    const slice = async () => {
      const sending = paced(round);
      await sleep((AGED.seconds / 2) * 1_000);
      await annals.drive('expireRecords');
      return sending;
    };
    slices['with']?.push(await measured({ label: '', slice }, bench.serverCpu));
  }
  const found = Object.entries(slices).map(([label, of]) => figures(`${label} retention`, of));
  bench.show(found);
  const p99 = (/** @type {string} */ label) => found.find((of) => of.label.startsWith(label))?.p99Ms;
  const judged = { ours: p99('with '), peer: p99('without'), peerName: 'without', goal: 0.5, less: true };
  bench.judge('p99 of sends while 1,000,000 records are dropped', judged);
}

/** What a bus with two groups costs while nothing happens. @param {Bench} bench */
export async function idle(bench) {
  if (!bench.includes('annals-topic')) return;
  const seconds = bench.options.seconds * 5;
  /** What everything of the server has used, in per cent of a CPU, while `seconds` pass. */
  const serverPercentWhile = async () => {
    const before = bench.serverCpu.read();
    await sleep(seconds * 1_000);
    const after = bench.serverCpu.read();
    return before === undefined || after === undefined ? 0 : (after - before) / (seconds * 10_000);
  };
  const url = await bench.databases.create('topic');
  const alone = await serverPercentWhile();
  const annals = await bench.contender('annals-topic', { url });
  await annals.drive('prepareTopic');
  await annals.drive('consumeTopic');
  while ((await annals.drive('topicIsShared', { members: 1 })).events === 0) await sleep(LOOK_EVERY_MS);
  const cpuUs = async () => (await annals.drive('heardOfTopic', { round: 0 })).notes?.['cpuUs'] ?? 0;
  // Until what was compiled and loaded at the start is done with.
  await sleep(5_000);
  const before = await cpuUs();
  const beside = await serverPercentWhile();
  const nodePercent = ((await cpuUs()) - before) / (seconds * 10_000);
  const serverPercent = Math.max(0, beside - alone);
  const percent = (/** @type {number} */ of) => `${of.toFixed(2)} %`;
  bench.say(
    `idle: ${percent(nodePercent)} of a CPU in the process; in the server ${percent(beside)}, and ${percent(alone)} before`,
  );
  const judged = { ours: nodePercent + serverPercent, peer: 1, peerName: 'asked, %', goal: 1, less: true };
  bench.judge('an idle bus, % of a CPU', judged);
}

/** Throughput beside a transaction that idles, against the same without. @param {Bench} bench */
export async function besideIdleTransaction(bench) {
  if (!bench.includes('annals-topic')) return;
  const url = await bench.databases.create('topic');
  const [sender, member] = [
    await bench.contender('annals-topic', { url }),
    await bench.contender('annals-topic', { url }),
  ];
  await sender.drive('prepareTopic');
  await member.drive('consumeTopic');
  while ((await member.drive('topicIsShared', { members: 1 })).events === 0) await sleep(LOOK_EVERY_MS);
  let round = 0;
  const slice = async () => {
    round += 1;
    const began = performance.now();
    const sending = sender.drive('sendToTopic', { round, messages: 50_000, inFlight: 500 });
    while ((await member.drive('heardOfTopic', { round })).events < 50_000) await sleep(LOOK_EVERY_MS);
    return { ...(await sending), events: 50_000, elapsedMs: performance.now() - began };
  };
  /** @type {(Slice & { serverUs: number | undefined })[][]} */
  const [free, beside] = [[], []];
  await slice();
  for (let n = 0; n < bench.options.slices; n++) free?.push(await measured({ label: '', slice }, bench.serverCpu));
  const release = await holdSnapshot(url);
  await sleep(bench.options.full ? 600_000 : 20_000);
  for (let n = 0; n < bench.options.slices; n++) beside?.push(await measured({ label: '', slice }, bench.serverCpu));
  await release();
  const found = [figures('alone', free ?? []), figures('beside a transaction that idles', beside ?? [])];
  bench.show(found);
  const judged = { ours: found[1]?.rate, peer: found[0]?.rate, peerName: 'alone', goal: 0.5 };
  bench.judge('topic beside an idle transaction', judged);
}
