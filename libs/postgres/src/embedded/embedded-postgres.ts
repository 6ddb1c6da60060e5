import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { connectionString, ensureDatabase } from './answers.js';
import { clusterFiles } from './cluster-files.js';
import type { ClusterFiles } from './cluster-files.js';
import { lockDirectory } from './cluster-lock.js';
import { directoryFault } from './directory-fault.js';
import { resolveEmbeddedPostgresOptions } from './embedded-postgres-options.js';
import type { EmbeddedPostgresOptions, ResolvedOptions } from './embedded-postgres-options.js';
import { Hold } from './hold.js';
import { placeFor } from './place.js';
import { claimData, giveTo, ownerOfData, serverUserFor } from './server-user.js';
import type { ServerUser } from './server-user.js';
import { attachOrStart } from './start-server.js';

/** One use of a running embedded PostgreSQL. */
export interface EmbeddedPostgres {
  /** Names the database, with user and password; the user is a superuser. */
  readonly connectionString: string;
  /** Where data, log and locks are kept, as a real path. */
  readonly directory: string;
  /** The server's log. */
  readonly log: string;
  /** False when the server ran already: another process started it, or left it behind. */
  readonly started: boolean;
  /**
   * Lets go of the server; the last to do so stops it, and then resolves when it has ended. May be called twice.
   *
   * @throws EmbeddedStopFailed (POSTGRES_EMBEDDED_STOP_FAILED) when the server withstands
   */
  stop(): Promise<void>;
}

interface Cluster {
  readonly files: ClusterFiles;
  readonly user: ServerUser | undefined;
}

function openCluster(directory: string): Cluster {
  const chosen = ownerOfData(directory) ?? serverUserFor(directory);
  const place = placeFor(directory, chosen);
  const user = ownerOfData(place) ?? chosen;
  claimData(place, user);
  return { files: clusterFiles(directory, place), user };
}

/** Root at work in a plain user's directory leaves nothing there that this user could not use without root. */
function handOver({ files, user }: Cluster): void {
  if (user === undefined || statSync(files.directory).uid === 0) return;
  giveTo(
    user,
    ...[files.lock, files.holders, files.port, files.password, files.log].filter((path) => existsSync(path)),
  );
}

function handle(hold: Hold, cluster: Cluster, url: string, started: boolean): EmbeddedPostgres {
  let stopped: Promise<void> | undefined;
  return {
    connectionString: url,
    directory: cluster.files.directory,
    log: cluster.files.log,
    started,
    stop: () => (stopped ??= hold.leave()),
  };
}

async function enter(directory: string, options: ResolvedOptions, deadline: number): Promise<EmbeddedPostgres> {
  const cluster = openCluster(directory);
  const hold = new Hold(cluster.files, options);
  const onLaunch: (server: NonNullable<Hold['server']>) => void = (server) => (hold.server = server);
  try {
    const { port, server, started } = await attachOrStart({ ...cluster, options, deadline, onLaunch });
    hold.server = server;
    await ensureDatabase(cluster.files, port, options.database);
    handOver(cluster);
    return handle(hold, cluster, connectionString(cluster.files, port, options.database), started);
  } catch (error) {
    // The reason of the failed start matters more than trouble in cleaning up after it.
    await hold.leaveLocked().catch(() => undefined);
    throw error;
  }
}

/**
 * Starts the PostgreSQL of a directory, or attaches to it when it runs: the first process starts it, others attach, the
 * last one out stops it, and one whose users were killed is adopted. States and faults are in README.md beside this file.
 *
 * @param given where and how; a process that attaches takes the server as it is
 * @returns the address, and `stop`
 * @throws RangeError for options that make no sense
 * @throws AnnalsError with a code POSTGRES_EMBEDDED_…, each saying what happened and what to do
 */
export async function startEmbeddedPostgres(given: EmbeddedPostgresOptions = {}): Promise<EmbeddedPostgres> {
  const options = resolveEmbeddedPostgresOptions(given);
  const asked = resolve(options.directory);
  const deadline = Date.now() + options.startTimeoutMs;
  try {
    const { directory, lock } = await lockDirectory(asked, options.startTimeoutMs);
    try {
      return await enter(directory, options, deadline);
    } finally {
      lock.release();
    }
  } catch (error) {
    throw directoryFault(asked, error);
  }
}
