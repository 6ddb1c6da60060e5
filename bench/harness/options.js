// @ts-check
import { parseArgs } from 'node:util';

export const USAGE = `usage: npm run bench -- append|read|hot|topic|queue|command|project [options]

  --only NAME          only scenarios whose name contains NAME (may be given several times)
  --contenders A,B     only these contenders; ratios that lack one are left out
  --slices N           slices per contender and scenario (5)
  --seconds S          length of a slice (3)
  --full               long holds: the foreign snapshot for ten minutes instead of one
  --json FILE          writes [{ name, ours, peer, peerName, ratio, goal }]
  --check              exit code 1 when a ratio misses its goal by more than a tenth

BENCH_DATABASE_URL names the server to measure on; without it an embedded PostgreSQL is started.`;

const SUITES = /** @type {const} */ (['append', 'read', 'hot', 'topic', 'queue', 'command', 'project']);

/** @param {string | undefined} name @returns {name is typeof SUITES[number]} */
const isSuite = (name) => /** @type {readonly (string | undefined)[]} */ (SUITES).includes(name);

/**
 * @typedef {object} Options
 * @property {typeof SUITES[number]} suite
 * @property {readonly string[]} only
 * @property {readonly string[] | undefined} contenders undefined: all
 * @property {number} slices
 * @property {number} seconds
 * @property {boolean} full
 * @property {string | undefined} json
 * @property {boolean} check
 */

/**
 * @param {readonly string[]} args
 * @returns {Options}
 * @throws TypeError or RangeError naming what is wrong
 */
export function readOptions(args) {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      only: { type: 'string', multiple: true, default: [] },
      contenders: { type: 'string' },
      slices: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '3' },
      full: { type: 'boolean', default: false },
      json: { type: 'string' },
      check: { type: 'boolean', default: false },
    },
  });
  const [suite, ...others] = positionals;
  if (!isSuite(suite) || others.length > 0) throw new RangeError(`name one suite: ${SUITES.join(', ')}`);
  const slices = Number(values.slices);
  const seconds = Number(values.seconds);
  if (!Number.isInteger(slices) || slices < 1)
    throw new RangeError(`--slices ${values.slices} is not a whole number from 1 on`);
  if (!(seconds > 0)) throw new RangeError(`--seconds ${values.seconds} is not a number above 0`);
  const { only, full, json, check } = values;
  return { suite, only, contenders: values.contenders?.split(','), slices, seconds, full, json, check };
}
