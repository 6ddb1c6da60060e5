import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

/** The files of one embedded PostgreSQL. */
export interface ClusterFiles {
  /** What the application asked for, `.annals` by default: lock, holders, port, password. */
  readonly directory: string;
  /** Where the server's own files are: the directory itself, or for root a place its user can enter. */
  readonly place: string;
  readonly lock: string;
  readonly holders: string;
  /** The port of last time. */
  readonly port: string;
  /** The superuser's password; readable only by who made it. */
  readonly password: string;
  /** PostgreSQL's data directory, as a real path. */
  readonly data: string;
  readonly log: string;
}

/** The folder of a directory's lock. */
export const lockFolder = (directory: string): string => join(directory, 'lock');

/**
 * Names all files of a cluster.
 *
 * @param directory a real path
 * @param place a real path
 */
export function clusterFiles(directory: string, place: string): ClusterFiles {
  const data = join(place, 'data');
  return {
    directory,
    place,
    lock: lockFolder(directory),
    holders: join(directory, 'holders'),
    port: join(directory, 'port'),
    password: join(directory, 'password'),
    // Somebody may have moved the data to another disk and left a link.
    data: existsSync(data) ? realpathSync(data) : data,
    log: join(place, 'postgres.log'),
  };
}
