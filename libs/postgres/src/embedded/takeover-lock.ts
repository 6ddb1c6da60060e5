import { randomUUID } from 'node:crypto';
import { linkSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from './folder.js';
import { processBirth } from './process-mark.js';
import { noteFor, runningAuthor } from './process-note.js';

/*
 * A lock between processes that a killed holder cannot keep, made of files because Node offers no flock.
 *
 * The folder holds numbered files; the highest number is the lock's state. A file with the note of a running process:
 * held. An empty file, or the note of a process that has ended: free. Who wants the lock links a file with its own note
 * to the next number, which fails when another was faster, and then looks again: it holds the lock only if its number is
 * the highest and the number it went by is still there.
 *
 * Why nobody can hold it beside another: the highest number is never removed, so numbers only grow. Whoever links
 * number n+1 as the new highest has read n as free, and n never becomes held again. Whoever acts on an old reading links
 * a number below the highest, or into a folder that was replaced, sees it at the second look, and takes it back.
 * Deleting a stale lock file instead, the usual way, lets two processes each delete what the other has just made.
 */

/** Older numbers that stay, so that a listing made while numbers come and go never comes back empty. */
const KEPT = 8;

/** A lock that is held until `release`. */
export interface HeldLock {
  release(): void;
}

/** What came of one try: the lock, or the process id of who has it. */
export type LockAttempt = { readonly held: HeldLock } | { readonly heldBy: number };

const numbers = (folder: string): number[] =>
  readdirSync(folder)
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => b - a);

const holderOf = (folder: string, number: number): number | undefined =>
  runningAuthor(folder, readFileSync(join(folder, String(number)), 'utf8'))?.pid;

/** Links a file with this process's note to `number`. Writing it in place would show others a file without one. */
function linkNote(folder: string, number: number): void {
  const draft = join(folder, `draft-${process.pid}-${randomUUID()}`);
  try {
    writeFileSync(draft, noteFor(folder), { mode: 0o644 });
    linkSync(draft, join(folder, String(number)));
  } finally {
    rmSync(draft, { force: true });
  }
}

function sweep(folder: string, mine: number): void {
  for (const name of readdirSync(folder)) {
    const old = /^\d+$/.test(name) && Number(name) < mine - KEPT;
    const draftOf = /^draft-(\d+)-/.exec(name)?.[1];
    if (old || (draftOf !== undefined && processBirth(Number(draftOf)) === undefined)) {
      rmSync(join(folder, name), { force: true });
    }
  }
}

function takeOnce(folder: string, dying: boolean): LockAttempt | undefined {
  const [highest = 0] = numbers(folder);
  const heldBy = highest === 0 ? undefined : holderOf(folder, highest);
  if (heldBy !== undefined && !(dying && heldBy === process.pid)) return { heldBy };
  const mine = highest + 1;
  const file = join(folder, String(mine));
  linkNote(folder, mine);
  const [first, second = 0] = numbers(folder);
  if (first !== mine || second !== highest) {
    rmSync(file, { force: true });
    return undefined;
  }
  sweep(folder, mine);
  // Emptied, not removed: see above. Emptying needs no room on a full disk.
  return { held: { release: () => ignoreMissing(() => truncateSync(file)) } };
}

function ignoreMissing(act: () => void): void {
  try {
    act();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** Somebody was faster, or removed the folder under our hands: neither is a fault, both call for another look. */
const isRace = (error: unknown): boolean => ['EEXIST', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '');

/**
 * Tries to take the lock of a folder, without waiting.
 *
 * @param folder made when missing
 * @param dying true in an exit handler: what this process holds itself can no longer go on, so it counts as free
 * @throws the file system's error when the folder cannot be written
 */
export function tryTakeLock(folder: string, dying = false): LockAttempt {
  let race: unknown;
  for (let round = 0; round < 100; round++) {
    try {
      makeFolder(folder);
      const attempt = takeOnce(folder, dying);
      if (attempt !== undefined) return attempt;
    } catch (error) {
      if (!isRace(error)) throw error;
      race = error;
    }
  }
  throw race instanceof Error ? race : new Error(`The lock ${folder} moved a hundred times in a row`);
}
