// @ts-check
import { existsSync, readdirSync, statSync } from 'node:fs';
import { run } from './run-command.js';

const ROOT = new URL('../../', import.meta.url);
const BUILT = new URL('dist/libs/event-store/src/index.js', ROOT);
const INPUTS = ['package-lock.json', 'tsconfig.json', 'nest-cli.json', 'apps/', 'libs/'];

/** Builds the project when there is no build, or a source is newer than it. */
export async function buildProject() {
  if (!existsSync(new URL('node_modules/', ROOT)))
    throw new Error('The project itself is not installed: run `npm ci` first');
  if (existsSync(BUILT) && INPUTS.every((input) => newest(new URL(input, ROOT)) <= statSync(BUILT).mtimeMs)) return;
  await run('building the project', 'npm', ['run', '--silent', 'build'], ROOT);
  if (!existsSync(BUILT)) throw new Error(`The build left no ${BUILT.pathname}`);
}

/** @param {URL} path a file, or a folder with its slash @returns {number} when it or anything below was changed last, in milliseconds */
function newest(path) {
  if (!path.pathname.endsWith('/')) return statSync(path).mtimeMs;
  const times = readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.name !== 'node_modules')
    .map((entry) => newest(new URL(entry.isDirectory() ? `${entry.name}/` : entry.name, path)));
  // The folder's own time tells of what was removed.
  return Math.max(statSync(path).mtimeMs, ...times);
}
