import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { clusterFiles } from './cluster-files.js';
import { lockDirectory } from './cluster-lock.js';
import { directoryFault } from './directory-fault.js';
import { otherHolders } from './holders.js';
import { placeFor } from './place.js';
import { findPostmaster } from './postmaster.js';
import { ownerOfData, serverUserFor } from './server-user.js';
import { removeFiles, shutDown } from './shut-down.js';

const TIMEOUT_MS = 30_000;

/**
 * Removes the embedded PostgreSQL of a directory with all its data, unless a running process uses it. A server left
 * behind by killed processes is stopped first.
 *
 * @param directory as given to `startEmbeddedPostgres`
 * @returns whether it is gone now; false when it is in use
 * @throws AnnalsError with a code POSTGRES_EMBEDDED_… when the server cannot be stopped or the files not be removed
 */
export async function removeEmbeddedPostgres(directory: string): Promise<boolean> {
  const asked = resolve(directory);
  if (!existsSync(asked)) return true;
  try {
    const { directory: real, lock } = await lockDirectory(asked, TIMEOUT_MS);
    try {
      const files = clusterFiles(real, placeFor(real, ownerOfData(real) ?? serverUserFor(real)));
      if (otherHolders(files.holders).length > 0) return false;
      const server = findPostmaster(files.data);
      if (server !== undefined) await shutDown(files, server, TIMEOUT_MS);
      removeFiles(files);
      return true;
    } finally {
      lock.release();
    }
  } catch (error) {
    throw directoryFault(asked, error);
  }
}
