// @ts-check
/**
 * One ratio asked of the project. A larger `ratio` is always better.
 *
 * @typedef {{ name: string, ours: number, peer: number, peerName: string, ratio: number, goal: number }} Verdict
 * @typedef {import('./interleave.js').Figures} Figures
 */

/** A ratio below this share of its goal is missed clearly: slices of one run differ by about a tenth on a busy machine. */
const CLEAR_MISS = 0.9;

/** @param {number} value @param {number} digits significant ones */
const figure = (value, digits = 3) =>
  Number.isFinite(value)
    ? value >= 1_000
      ? Math.round(value).toLocaleString('en')
      : String(Number(value.toPrecision(digits)))
    : '-';

/** @param {readonly (readonly string[])[]} rows the first is the head; the first column is text, the others are numbers */
function table(rows) {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  '),
    )
    .join('\n');
}

/** @param {readonly Figures[]} figures @returns {string} */
export function figuresTable(figures) {
  const head = ['', 'events/s', 'p50 ms', 'p99 ms', 'node µs', 'server µs'];
  const rows = figures.map((of) => [
    of.label,
    figure(of.rate),
    figure(of.p50Ms),
    figure(of.p99Ms),
    figure(of.nodeUs),
    of.serverUs === undefined ? 'n/a' : figure(of.serverUs),
  ]);
  return table([head, ...rows]);
}

/** @param {readonly Verdict[]} verdicts @returns {string} */
export function verdictsTable(verdicts) {
  const head = ['ratio', 'ours', 'peer', 'named', 'ratio', 'goal', ''];
  const rows = verdicts.map((of) => [
    of.name,
    figure(of.ours),
    figure(of.peer),
    of.peerName,
    figure(of.ratio),
    figure(of.goal),
    of.ratio >= of.goal ? 'met' : missed(of) ? 'MISSED' : 'close',
  ]);
  return table([head, ...rows]);
}

/** @param {Verdict} verdict @returns {boolean} whether the goal is missed by more than noise */
export const missed = ({ ratio, goal }) => !(ratio >= goal * CLEAR_MISS);
