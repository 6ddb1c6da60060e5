import { chmodSync, existsSync, mkdirSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lockFolder } from './cluster-files.js';
import { EmbeddedBusy } from './errors/embedded-busy.js';
import { giveTo, serverUserFor } from './server-user.js';
import { block } from './shut-down.js';
import { makeFolder } from './folder.js';
import { tryTakeLock } from './takeover-lock.js';
import type { HeldLock } from './takeover-lock.js';

const LOOK_EVERY_MS = 20;

/** A cluster's directory, locked: nobody else starts, attaches to, leaves or stops its server meanwhile. */
export interface LockedDirectory {
  /** Its real path. */
  readonly directory: string;
  readonly lock: HeldLock;
}

/** Others may pass through for the server's user to reach its data, but not look around. */
const DIRECTORY_MODE = 0o711;

/** Makes the directory when it is missing, for the user it should belong to, and hidden from git. */
function prepareDirectory(path: string): string {
  if (!existsSync(path)) {
    const parent = dirname(path);
    mkdirSync(parent, { recursive: true });
    makeFolder(path);
    chmodSync(path, DIRECTORY_MODE);
    writeFileSync(join(path, '.gitignore'), '*\n');
    if (statSync(parent).uid !== 0) giveTo(serverUserFor(parent), path, join(path, '.gitignore'));
  }
  return realpathSync(path);
}

/**
 * Locks a cluster's directory, which is made when missing, once per look: its last user may just have removed it.
 *
 * @param path absolute
 * @param timeoutMs how long to wait for whoever has the lock, in milliseconds
 * @throws EmbeddedBusy (POSTGRES_EMBEDDED_BUSY) when the time is up
 */
export async function lockDirectory(path: string, timeoutMs: number): Promise<LockedDirectory> {
  for (const until = Date.now() + timeoutMs; ;) {
    const directory = prepareDirectory(path);
    const attempt = tryTakeLock(lockFolder(directory));
    if ('held' in attempt) return { directory, lock: attempt.held };
    if (Date.now() >= until) throw new EmbeddedBusy(lockFolder(directory), attempt.heldBy, timeoutMs);
    await sleep(LOOK_EVERY_MS);
  }
}

/** Locks an existing directory without letting anything else run, for exit handlers. Undefined when the time is up. */
export function lockDirectoryNow(directory: string, timeoutMs: number): HeldLock | undefined {
  for (const until = Date.now() + timeoutMs; ;) {
    const attempt = tryTakeLock(lockFolder(directory), true);
    if ('held' in attempt) return attempt.held;
    if (Date.now() >= until) return undefined;
    block(LOOK_EVERY_MS);
  }
}
