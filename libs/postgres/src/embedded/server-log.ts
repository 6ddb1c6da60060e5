import { closeSync, existsSync, openSync, readSync, renameSync, statSync } from 'node:fs';

const ROTATE_AT_BYTES = 10 * 1024 * 1024;
const TAIL_BYTES = 4_096;
const TAIL_LINES = 12;

/** Opens the server's log for appending, and puts the previous one aside when it has grown over 10 MiB. */
export function openLog(log: string): number {
  if (existsSync(log) && statSync(log).size > ROTATE_AT_BYTES) renameSync(log, `${log}.1`);
  return openSync(log, 'a', 0o600);
}

/** The last lines of a text, for an error message. */
export const lastLines = (text: string): string => text.trimEnd().split('\n').slice(-TAIL_LINES).join('\n');

/**
 * What the log says since a server was started.
 *
 * @param log the log file
 * @param from the file's size at the start, in bytes
 * @returns at most its last 4 KiB
 */
export function logSince(log: string, from: number): string {
  let file: number;
  try {
    file = openSync(log, 'r');
  } catch {
    return '';
  }
  try {
    const { size } = statSync(log);
    const start = Math.max(from, size - TAIL_BYTES);
    const bytes = Buffer.alloc(Math.max(0, size - start));
    return bytes.toString('utf8', 0, readSync(file, bytes, 0, bytes.length, start));
  } finally {
    closeSync(file);
  }
}
