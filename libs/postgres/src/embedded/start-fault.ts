import type { ClusterFiles } from './cluster-files.js';
import { EmbeddedDiskFull } from './errors/embedded-disk-full.js';
import { EmbeddedSharedMemory } from './errors/embedded-shared-memory.js';
import { EmbeddedStartFailed } from './errors/embedded-start-failed.js';
import { lastLines } from './server-log.js';

/** Whether a log complains about shared memory being refused; initdb also mentions it when all is well. */
export const refusesSharedMemory = (said: string): boolean =>
  /could not (create|map|resize|open|attach to) .*shared memory/.test(said);

/** Whether a log complains about a disk without room. */
export const diskIsFull = (said: string): boolean => /No space left on device|Disk quota exceeded/.test(said);

/**
 * Reads from the log why a server ended at start. The messages are English by `serverEnvironment`.
 *
 * @param files the cluster
 * @param said what the log says since the start
 * @returns the error to throw, or 'try-again' for what passes by itself: the port was taken between choosing and binding
 *   it, or backends of a server killed before are about to notice and end
 */
export function startFault(files: ClusterFiles, said: string): Error | 'try-again' {
  const lines = lastLines(said);
  if (/could not (bind|create any TCP\/IP)|Address already in use/.test(said)) return 'try-again';
  if (/pre-existing shared memory block|is still in use/.test(said)) return 'try-again';
  if (refusesSharedMemory(said)) return new EmbeddedSharedMemory(files.log, lines);
  if (diskIsFull(said)) return new EmbeddedDiskFull(files.place, lines);
  return new EmbeddedStartFailed('ended at start', files.log, lines);
}
