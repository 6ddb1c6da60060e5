// @ts-check
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { run } from './run-command.js';

const BENCH = new URL('../', import.meta.url);
const MARK = new URL('node_modules/.annals-bench-lock', BENCH);

/** Installs this package's own dependencies when they are missing or were installed from another lock file. */
export async function installPeers() {
  const lock = createHash('sha256')
    .update(readFileSync(new URL('package-lock.json', BENCH)))
    .digest('hex');
  if (existsSync(MARK) && readFileSync(MARK, 'utf8') === lock) return;
  await run('installing the peers', 'npm', ['ci', '--no-audit', '--no-fund'], BENCH);
  writeFileSync(MARK, lock);
}
