// @ts-check
import { median } from './latencies.js';

/** @typedef {import('./contender-child.js').Slice} Slice */
/** @typedef {import('./contender-process.js').ContenderProcess} ContenderProcess */
/** @typedef {import('./server-cpu.js').ServerCpu} ServerCpu */

/**
 * One competitor of a scenario: what it is called in the table and how one slice of it is run.
 *
 * @typedef {{ label: string, slice: () => Promise<Slice> }} Entrant
 *
 * @typedef {object} Figures medians over the slices
 * @property {string} label
 * @property {number} rate events per second
 * @property {number} p50Ms
 * @property {number} p99Ms
 * @property {number} nodeUs CPU of the contender's own process, microseconds per event
 * @property {number | undefined} serverUs CPU of the whole Postgres tree, microseconds per event; undefined when it cannot be seen
 * @property {Record<string, number>} notes
 */

/**
 * Runs the entrants' slices in turns, so that a busy minute of the machine hits all of them; who begins moves on with every round.
 *
 * @param {readonly Entrant[]} entrants
 * @param {{ slices: number, serverCpu: ServerCpu, warmUp?: boolean, until?: () => boolean }} options
 *   `until`: further rounds are run until it says so; `slices` then only bounds the rounds the medians are taken of, the last ones
 * @returns {Promise<Figures[]>} in the order of the entrants
 */
export async function interleave(entrants, { slices, serverCpu, warmUp = true, until }) {
  if (warmUp) for (const entrant of entrants) await entrant.slice();
  /** @type {Map<Entrant, (Slice & { serverUs: number | undefined })[]>} */
  const results = new Map(entrants.map((entrant) => [entrant, []]));
  for (let round = 0; round < slices || until?.() === false; round++) {
    for (let turn = 0; turn < entrants.length; turn++) {
      const entrant = /** @type {Entrant} */ (entrants[(round + turn) % entrants.length]);
      results.get(entrant)?.push(await measured(entrant, serverCpu));
    }
  }
  return entrants.map((entrant) => figures(entrant.label, (results.get(entrant) ?? []).slice(-slices)));
}

/** @param {Entrant} entrant @param {ServerCpu} serverCpu */
export async function measured(entrant, serverCpu) {
  const before = serverCpu.read();
  const slice = await entrant.slice();
  const after = serverCpu.read();
  return { ...slice, serverUs: before === undefined || after === undefined ? undefined : after - before };
}

/**
 * @param {string} label
 * @param {readonly (Slice & { serverUs: number | undefined })[]} slices
 * @returns {Figures}
 */
export function figures(label, slices) {
  const over = (/** @type {(slice: Slice & { serverUs: number | undefined }) => number} */ of) =>
    median(slices.map(of));
  return {
    label,
    rate: over((slice) => (slice.events / slice.elapsedMs) * 1_000),
    p50Ms: over((slice) => slice.p50Ms),
    p99Ms: over((slice) => slice.p99Ms),
    nodeUs: over((slice) => slice.nodeCpuUs / slice.events),
    serverUs: slices.some((slice) => slice.serverUs === undefined)
      ? undefined
      : over((slice) => (slice.serverUs ?? 0) / slice.events),
    notes: slices.at(-1)?.notes ?? {},
  };
}
