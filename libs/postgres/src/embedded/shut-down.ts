import { spawnSync } from 'node:child_process';
import { renameSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { randomBytes } from 'node:crypto';
import type { ClusterFiles } from './cluster-files.js';
import { EmbeddedStopFailed } from './errors/embedded-stop-failed.js';
import { isRunning } from './process-mark.js';
import type { ProcessMark } from './process-mark.js';

const LOOK_EVERY_MS = 10;
/** An immediate shutdown writes nothing, so this is long. */
const IMMEDIATE_MS = 5_000;

/** Fast: open transactions are rolled back, a checkpoint is written. Immediate: as in a crash, without loss of commits. */
const FAST = 'SIGINT';
const IMMEDIATE = 'SIGQUIT';

function send(server: ProcessMark, signal: NodeJS.Signals): void {
  if (!isRunning(server)) return;
  try {
    // Windows has no signals; what taskkill does is a crash to PostgreSQL, which recovers at the next start.
    if (process.platform === 'win32') spawnSync('taskkill', ['/pid', String(server.pid), '/t', '/f']);
    else process.kill(server.pid, signal);
  } catch {
    // It ended in between, or belongs to another user; the wait that follows tells which.
  }
}

/** Waits without letting anything else run, for exit handlers; in milliseconds. */
export const block = (ms: number): unknown => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

/**
 * Stops the server and waits until it has ended, first by a fast, then by an immediate shutdown.
 *
 * @param timeoutMs for the fast shutdown, in milliseconds
 * @throws EmbeddedStopFailed (POSTGRES_EMBEDDED_STOP_FAILED) when it withstands both
 */
export async function shutDown(files: ClusterFiles, server: ProcessMark, timeoutMs: number): Promise<void> {
  for (const [signal, waitMs] of [
    [FAST, timeoutMs],
    [IMMEDIATE, IMMEDIATE_MS],
  ] as const) {
    send(server, signal);
    for (const until = Date.now() + waitMs; isRunning(server) && Date.now() < until;) await sleep(LOOK_EVERY_MS);
    if (!isRunning(server)) return;
  }
  throw new EmbeddedStopFailed(server.pid, timeoutMs + IMMEDIATE_MS, files.log);
}

/**
 * As `shutDown`, but blocking, for a process that is about to end. Waiting matters beyond tidiness: a process that
 * attached after our signal, but before the server acted on it, would lose its server.
 */
export function shutDownNow(server: ProcessMark, timeoutMs: number): void {
  for (const [signal, waitMs] of [
    [FAST, timeoutMs],
    [IMMEDIATE, IMMEDIATE_MS],
  ] as const) {
    send(server, signal);
    for (const until = Date.now() + waitMs; isRunning(server) && Date.now() < until;) block(LOOK_EVERY_MS);
    if (!isRunning(server)) return;
  }
}

/** Removes a cluster's files. Renamed first, as a process that comes meanwhile must find all of it or nothing. */
export function removeFiles({ directory, place }: ClusterFiles): void {
  const away = `${directory}.removed-${randomBytes(4).toString('hex')}`;
  renameSync(directory, away);
  if (place !== directory) rmSync(place, { recursive: true, force: true });
  rmSync(away, { recursive: true, force: true });
}
