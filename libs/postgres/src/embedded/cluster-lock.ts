import { chmodSync, existsSync, mkdirSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lockFolder } from './cluster-files.js';
import { EmbeddedBusy } from './errors/embedded-busy.js';
import { giveTo, serverUserFor } from './server-user.js';
import { block } from './shut-down.js';
import { makeFolder } from './folder.js';
import { tryTakeLock } from './takeover-lock.js';
import type { HeldLock, LockAttempt } from './takeover-lock.js';

const LOOK_EVERY_MS = 20;
/** How long root may take to give away what it has made. */
const HANDING_OVER_MS = 5_000;

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

/** Whether root may be about to give away what this user is not let into: it owns a folder that it makes until it has. */
function isBeingHandedOver(error: unknown, path: string): boolean {
  if ((error as NodeJS.ErrnoException).code !== 'EACCES' || process.getuid?.() === 0) return false;
  return [path, lockFolder(path)].some((folder) => statSync(folder, { throwIfNoEntry: false })?.uid === 0);
}

/**
 * Tries to lock a directory; undefined while root may be about to give it away.
 *
 * @param sinceMs how long that has been so, milliseconds
 * @throws the file system's error
 */
function tryLock(path: string, sinceMs: number): { directory: string; attempt: LockAttempt } | undefined {
  try {
    const directory = prepareDirectory(path);
    return { directory, attempt: tryTakeLock(lockFolder(directory)) };
  } catch (error) {
    if (sinceMs < HANDING_OVER_MS && isBeingHandedOver(error, path)) return undefined;
    throw error;
  }
}

/**
 * Locks a cluster's directory, which is made when missing, once per look: its last user may just have removed it.
 *
 * @param path absolute
 * @param timeoutMs how long to wait for whoever has the lock, in milliseconds
 * @throws EmbeddedBusy (POSTGRES_EMBEDDED_BUSY) when the time is up
 */
export async function lockDirectory(path: string, timeoutMs: number): Promise<LockedDirectory> {
  const began = Date.now();
  for (;;) {
    const tried = tryLock(path, Date.now() - began);
    if (tried !== undefined) {
      const { directory, attempt } = tried;
      if ('held' in attempt) return { directory, lock: attempt.held };
      if (Date.now() >= began + timeoutMs) throw new EmbeddedBusy(lockFolder(directory), attempt.heldBy, timeoutMs);
    }
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
