/**
 * `node tools/check-boundaries.js [FOLDER]` cruises a checkout (default: this one) by the rules of
 * .dependency-cruiser.cjs. It also fails when the cruise did not see every source file: dependency-cruiser itself
 * passes without a word when it finds nothing to look at.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('..', import.meta.url));
const CRUISER = fileURLToPath(new URL('../../bin/dependency-cruise.mjs', import.meta.resolve('dependency-cruiser')));
const ROOMS = ['apps', 'libs', 'test'];
/** The project never had fewer source files; a cruise of less has gone wrong. */
const LEAST_MODULES = 200;
/** A report of all modules and their dependencies, in bytes. */
const LONGEST_REPORT = 256 * 1024 * 1024;

/**
 * @typedef {{ from: string, to: string, cycle?: { name: string }[], rule: { name: string } }} Violation
 * @typedef {{ modules: { source: string }[], summary: { violations: Violation[], ruleSetUsed: { forbidden: { name: string, comment: string }[] } } }} Report
 */

/**
 * @param {string} root
 * @param {string[]} rooms
 * @returns {Report}
 */
function cruise(root, rooms) {
  const rules = resolve(HERE, '.dependency-cruiser.cjs');
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [CRUISER, '--config', rules, '--output-type', 'json', ...rooms],
    { cwd: root, encoding: 'utf8', maxBuffer: LONGEST_REPORT },
  );
  if (!stdout.startsWith('{')) throw new Error(`dependency-cruiser gave no report: ${stderr}${stdout}`);
  return /** @type {Report} */ (JSON.parse(stdout));
}

/**
 * @param {string} root
 * @param {string[]} rooms
 * @returns {string[]} all TypeScript files, relative to the root
 */
const sources = (root, rooms) =>
  rooms.flatMap((room) =>
    readdirSync(resolve(root, room), { recursive: true, encoding: 'utf8' })
      .map((path) => `${room}/${path.replaceAll('\\', '/')}`)
      .filter((path) => path.endsWith('.ts') && !path.includes('/node_modules/')),
  );

const root = resolve(process.argv[2] ?? HERE);
const rooms = ROOMS.filter((room) => existsSync(resolve(root, room)));
const { modules, summary } = cruise(root, rooms);
const seen = new Set(modules.map(({ source }) => source));
const unseen = sources(root, rooms).filter((path) => !seen.has(path));
const comments = new Map(summary.ruleSetUsed.forbidden.map(({ name, comment }) => [name, comment]));

for (const { rule, from, to, cycle } of summary.violations) {
  const way = cycle === undefined ? to : cycle.map(({ name }) => name).join(' → ');
  console.error(`${rule.name}: ${from} → ${way}\n    ${comments.get(rule.name) ?? ''}`);
}
for (const path of unseen) console.error(`not cruised: ${path}`);
const tooFew = root === resolve(HERE) && modules.length < LEAST_MODULES;
if (tooFew) console.error(`only ${modules.length} modules cruised, at least ${LEAST_MODULES} expected`);
console.log(`${modules.length} modules cruised, ${summary.violations.length} boundaries crossed`);
process.exitCode = summary.violations.length > 0 || unseen.length > 0 || tooFew ? 1 : 0;
