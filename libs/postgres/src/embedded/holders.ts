import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning, parseMark, thisProcess } from './process-mark.js';

/*
 * Who uses the server: one file per hold, with the mark of its process. Written and judged only under the lock, so that
 * "I am the last" and "I have just come" exclude each other. A file whose process has ended counts for nothing: that is
 * how a holder killed with SIGKILL leaves.
 */

/** Notes this process as a holder. Returns the name of its note. */
export function noteHolder(folder: string): string {
  const name = `${process.pid}-${randomUUID()}`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), JSON.stringify(thisProcess()), { mode: 0o644 });
  return name;
}

/** Takes a note back. May be called twice. */
export function removeHolder(folder: string, name: string): void {
  rmSync(join(folder, name), { force: true });
}

function lives(file: string): boolean {
  try {
    const mark = parseMark(readFileSync(file, 'utf8'));
    return mark !== undefined && isRunning(mark);
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
  const ended = names.filter((name) => !lives(join(folder, name)));
  ended.forEach((name) => removeHolder(folder, name));
  return names.filter((name) => !ended.includes(name));
}
