import { chownSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { markOf, worksIn } from './process-mark.js';
import type { ProcessMark } from './process-mark.js';

/** PostgreSQL's first process on a data directory, as its lock file describes it. */
export interface Postmaster extends ProcessMark {
  /** The TCP port on 127.0.0.1. */
  readonly port: number;
  /** Whether it says that it takes connections: not while it starts, and no more once it stops. */
  readonly ready: boolean;
}

/** PostgreSQL's own lock file: process id, data directory, start, port, socket directory, address, shared memory, state. */
const lockFile = (data: string): string => join(data, 'postmaster.pid');

function readLines(data: string): readonly string[] | undefined {
  try {
    return readFileSync(lockFile(data), 'utf8').split('\n');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * The server that runs on a data directory.
 *
 * The file alone proves nothing: after `kill -9` it stays behind, its process id may by now belong to any other process,
 * and a copied directory brings along the file of the original. So the process must run and work in this directory.
 *
 * @param data the real path of a data directory
 */
export function findPostmaster(data: string): Postmaster | undefined {
  const lines = readLines(data);
  const pid = Number(lines?.[0]);
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  const mark = markOf(pid);
  if (mark === undefined || !worksIn(pid, data)) return undefined;
  return { ...mark, port: Number(lines?.[3]), ready: ['ready', 'standby'].includes(lines?.[7]?.trim() ?? '') };
}

/**
 * Makes a left-over lock file whose process id now belongs to a stranger harmless. PostgreSQL would take the stranger
 * for a server and refuse to start. The file is not removed: its line about shared memory is how PostgreSQL notices that
 * backends of a killed server still write. Instead it gets the id of this process, and a lock file that names the
 * starting server's own parent is stale to PostgreSQL (CreateLockFile in miscinit.c) while everything else still counts.
 *
 * @param data a data directory on which no server runs
 */
export function disarmStaleLockFile(data: string): void {
  const lines = readLines(data);
  if (lines === undefined) return;
  if (!Number.isSafeInteger(Number(lines[0])) || Number(lines[0]) <= 0) {
    // Emptied by a crash of the machine: PostgreSQL asks for it to be removed.
    rmSync(lockFile(data), { force: true });
    return;
  }
  const { uid, gid } = statSync(lockFile(data));
  const draft = join(data, 'postmaster.pid.stale');
  writeFileSync(draft, [String(process.pid), ...lines.slice(1)].join('\n'), { mode: 0o600 });
  if (process.getuid?.() === 0) chownSync(draft, uid, gid);
  renameSync(draft, lockFile(data));
}
