import { statSync } from 'node:fs';
import { isRunning, thisProcess } from './process-mark.js';
import type { ProcessMark } from './process-mark.js';

/*
 * What a process writes into a file to say "this is mine": its mark, and which folder it meant. A copied directory
 * brings along the notes of the original, whose processes run, but know nothing of the copy. The folder is told by its
 * number on the disk, which a move keeps and a copy does not.
 */

const identityOf = (folder: string): string => {
  const { dev, ino } = statSync(folder, { bigint: true });
  return `${dev}:${ino}`;
};

/** The text of a note by this process, for a file in `folder`. */
export const noteFor = (folder: string): string => JSON.stringify({ ...thisProcess(), folder: identityOf(folder) });

/**
 * The process that wrote a note.
 *
 * @param folder where the note lies
 * @param text the note; anything else, as a crash may leave it, counts as none
 * @returns undefined when that process has ended, or meant another folder
 */
export function runningAuthor(folder: string, text: string): ProcessMark | undefined {
  try {
    const { pid, born, folder: meant } = JSON.parse(text) as Partial<ProcessMark & { folder: string }>;
    if (typeof pid !== 'number' || typeof born !== 'string' || meant !== identityOf(folder)) return undefined;
    return isRunning({ pid, born }) ? { pid, born } : undefined;
  } catch {
    return undefined;
  }
}
