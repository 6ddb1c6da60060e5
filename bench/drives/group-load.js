// @ts-check
/** @typedef {import('../contenders/annals-group.js').GroupFollower} GroupFollower */

/** What this process has handled, by group. @type {Map<string, number>} */
const handled = new Map();

/** Begins to follow the events as a member of a group. @param {GroupFollower} contender @param {unknown} _ledger @param {{ group: string }} of */
export async function followInGroup(contender, _ledger, { group }) {
  handled.set(group, 0);
  await contender.follow(group, (events) => handled.set(group, (handled.get(group) ?? 0) + events));
}

/** @param {unknown} _contender @param {unknown} _ledger @param {{ group: string }} of */
export async function handledInGroup(_contender, _ledger, { group }) {
  const { user, system } = process.cpuUsage();
  return { events: handled.get(group) ?? 0, elapsedMs: 0, p50Ms: 0, p99Ms: 0, notes: { cpuUs: user + system } };
}
