import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterFiles } from './cluster-files.js';
import { EmbeddedBinariesBroken } from './errors/embedded-binaries-broken.js';
import { EmbeddedDirectoryUnusable } from './errors/embedded-directory-unusable.js';
import { EmbeddedDiskFull } from './errors/embedded-disk-full.js';
import { EmbeddedInitdbFailed } from './errors/embedded-initdb-failed.js';
import { EmbeddedOtherMajor } from './errors/embedded-other-major.js';
import { EmbeddedPasswordUnknown } from './errors/embedded-password-unknown.js';
import { EmbeddedSharedMemory } from './errors/embedded-shared-memory.js';
import { atFarewell } from './farewell.js';
import type { Programs } from './programs.js';
import { lastLines } from './server-log.js';
import { serverEnvironment } from './server-settings.js';
import { giveTo } from './server-user.js';
import type { ServerUser } from './server-user.js';
import { diskIsFull, refusesSharedMemory } from './start-fault.js';

/**
 * The superuser of an embedded cluster. Not `annals`: a schema of the user's name comes first in the search path, so the
 * application's tables would land among the event store's as soon as its schema is there.
 */
export const SUPERUSER = 'postgres';

const DRAFT = 'data.draft-';

interface Outcome {
  readonly status: number | null;
  readonly said: string;
}

/** Runs initdb. Not detached: Ctrl-C reaches it too, and what it leaves is a draft. */
function runInitdb(initdb: string, args: readonly string[], user: ServerUser | undefined): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(initdb, args, {
      ...user,
      cwd: '/',
      env: serverEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const forget = atFarewell(() => child.kill('SIGTERM'));
    let said = '';
    const hear = (chunk: Buffer): void => void (said += chunk.toString());
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('error', (error) => {
      forget();
      reject(new EmbeddedBinariesBroken(initdb, error.message, error));
    });
    child.once('close', (status) => {
      forget();
      resolve({ status, said });
    });
  });
}

function initdbFault(files: ClusterFiles, { said }: Outcome): Error {
  const lines = lastLines(said);
  if (refusesSharedMemory(said)) return new EmbeddedSharedMemory('initdb', lines);
  if (diskIsFull(said)) return new EmbeddedDiskFull(files.place, lines);
  return new EmbeddedInitdbFailed(files.data, lines);
}

/**
 * Collation and case rules are PostgreSQL's own C.UTF-8, so that an update of the operating system cannot silently
 * reorder indexes. Passwords are needed even on the loopback address: other users of the machine reach it too.
 */
const argumentsFor = (draft: string, passwordFile: string, durable: boolean): string[] => [
  `--pgdata=${draft}`,
  `--username=${SUPERUSER}`,
  `--pwfile=${passwordFile}`,
  '--auth=scram-sha-256',
  '--encoding=UTF8',
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  ...(durable ? [] : ['--no-sync']),
];

/** Makes the cluster beside its final name and renames it: a killed initdb never leaves half a cluster behind. */
async function makeCluster(
  files: ClusterFiles,
  programs: Programs,
  user: ServerUser | undefined,
  durable: boolean,
): Promise<void> {
  const draft = join(files.place, DRAFT + randomBytes(4).toString('hex'));
  const passwordFile = `${draft}.password`;
  const password = randomBytes(24).toString('hex');
  try {
    mkdirSync(draft, { mode: 0o700 });
    writeFileSync(passwordFile, password, { mode: 0o600 });
    giveTo(user, draft, passwordFile);
    const outcome = await runInitdb(programs.initdb, argumentsFor(draft, passwordFile, durable), user);
    if (outcome.status !== 0) throw initdbFault(files, outcome);
    // Flushed: without it the data are lost.
    writeFileSync(files.password, password, { mode: 0o600, flush: durable });
    renameSync(draft, files.data);
  } finally {
    rmSync(passwordFile, { force: true });
    rmSync(draft, { recursive: true, force: true });
  }
}

/**
 * Removes what killed starts left. An initdb whose parent was killed may still be writing; it fails for want of its
 * files, and what it wrote meanwhile goes next time.
 */
function removeDrafts(place: string): void {
  for (const name of readdirSync(place).filter((entry) => entry.startsWith(DRAFT))) {
    try {
      rmSync(join(place, name), { recursive: true, force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error;
    }
  }
}

function versionOf(data: string): string {
  try {
    return readFileSync(join(data, 'PG_VERSION'), 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new EmbeddedDirectoryUnusable(data, 'it is no PostgreSQL data directory, PG_VERSION is missing', error);
  }
}

function checkExisting(files: ClusterFiles, programs: Programs): void {
  const written = versionOf(files.data);
  if (written !== programs.major) throw new EmbeddedOtherMajor(files.data, written, programs.major);
  if (!existsSync(files.password)) throw new EmbeddedPasswordUnknown(files.password, files.data);
}

/**
 * Makes sure that there is a data directory this PostgreSQL can serve: makes a new one with a random password, or checks
 * the one that is there. Called under the cluster's lock, with no server running.
 *
 * @param durable false skips syncing the new files to disk
 * @throws EmbeddedOtherMajor, EmbeddedPasswordUnknown, EmbeddedDirectoryUnusable for what is there
 * @throws EmbeddedInitdbFailed, EmbeddedDiskFull, EmbeddedSharedMemory when a new one cannot be made
 */
export async function initialise(
  files: ClusterFiles,
  programs: Programs,
  user: ServerUser | undefined,
  durable: boolean,
): Promise<void> {
  removeDrafts(files.place);
  if (existsSync(files.data)) {
    checkExisting(files, programs);
  } else {
    await makeCluster(files, programs, user, durable);
    removeDrafts(files.place);
  }
}
