import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';

const unmounting = (folder: string) => (): void => void execFileSync('umount', ['--lazy', folder]);

/** Makes a folder read-only even for root. Returns what undoes it. */
export function mountReadOnly(folder: string): () => void {
  execFileSync('mount', ['--bind', folder, folder]);
  execFileSync('mount', ['-o', 'remount,ro,bind', folder]);
  return unmounting(folder);
}

/** Mounts a disk of few bytes on a new folder. Returns what undoes it. */
export function mountSmallDisk(folder: string, bytes: number): () => void {
  mkdirSync(folder);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes},mode=755`, 'tmpfs', folder]);
  return unmounting(folder);
}
