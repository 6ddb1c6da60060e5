import { mkdirSync } from 'node:fs';

/**
 * Makes a folder in an existing one, unless it is there. Not by `recursive: true`, which reports a read-only file system
 * as a missing folder (ENOENT).
 *
 * @throws the file system's error
 */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
