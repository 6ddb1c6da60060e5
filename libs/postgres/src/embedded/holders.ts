import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from './folder.js';
import { noteFor, runningAuthor } from './process-note.js';

/*
 * Who uses the server: one file per hold, with a note by its process. Written and judged only under the lock, so that
 * "I am the last" and "I have just come" exclude each other. A file whose process has ended counts for nothing: that is
 * how a holder killed with SIGKILL leaves.
 */

/** Notes this process as a holder. Returns the name of its note. */
export function noteHolder(folder: string): string {
  const name = `${process.pid}-${randomUUID()}`;
  makeFolder(folder);
  writeFileSync(join(folder, name), noteFor(folder), { mode: 0o644 });
  return name;
}

/** Takes a note back. May be called twice. */
export function removeHolder(folder: string, name: string): void {
  rmSync(join(folder, name), { force: true });
}

function lives(folder: string, name: string): boolean {
  try {
    return runningAuthor(folder, readFileSync(join(folder, name), 'utf8')) !== undefined;
  } catch {
    return false;
  }
}

/** The notes of holders that still run, but for `mine`; the notes of ended ones are removed. */
export function otherHolders(folder: string, mine?: string): readonly string[] {
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => name !== mine);
  } catch {
    return [];
  }
  const ended = names.filter((name) => !lives(folder, name));
  ended.forEach((name) => removeHolder(folder, name));
  return names.filter((name) => !ended.includes(name));
}
