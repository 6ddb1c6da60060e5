import { createHash, randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedDirectoryUnusable } from './errors/embedded-directory-unusable.js';
import { findPostmaster } from './postmaster.js';
import { userMay } from './server-user.js';
import type { ServerUser } from './server-user.js';

/*
 * Where the server's own files (data, log, copied programs) are kept.
 *
 * Normally in the directory itself. When this process is root, the server's user may be unable to enter it, as in
 * /root/app. Then they are kept in /var/lib/annals-HASH-RANDOM, or in the temporary directory if /var/lib is read-only,
 * and two notes tie them together: DIRECTORY/place names the place, PLACE/directory names the directory. HASH is of the
 * directory's path.
 *
 * - The directory was moved: its note still leads to the place.
 * - The directory was copied: the place names another directory that still has its note; the copy begins afresh, as two
 *   applications must not share one cluster by accident.
 * - The directory was removed: the data were meant to go with it, so the next start from the same path removes the
 *   place, unless a server still runs there.
 */
const NOTE = 'place';
const BACK_NOTE = 'directory';

const read = (file: string): string | undefined => (existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined);

const prefix = (directory: string): string =>
  `annals-${createHash('sha256').update(directory).digest('hex').slice(0, 12)}-`;

function notedPlace(directory: string): string | undefined {
  const place = read(join(directory, NOTE));
  if (place === undefined || !existsSync(place)) return undefined;
  // The temporary directory is open to all: a place made there by anybody but root is not ours.
  if (statSync(place).uid !== 0) throw new EmbeddedDirectoryUnusable(place, 'it does not belong to root');
  const home = read(join(place, BACK_NOTE));
  if (home === directory) return place;
  const copied = home !== undefined && read(join(home, NOTE)) === place;
  if (copied) return undefined;
  writeFileSync(join(place, BACK_NOTE), directory);
  return place;
}

function removeForsaken(base: string, directory: string): void {
  for (const name of readdirSync(base).filter((entry) => entry.startsWith(prefix(directory)))) {
    const place = join(base, name);
    const ours = statSync(place).uid === 0 && read(join(place, BACK_NOTE)) === directory;
    if (ours && findPostmaster(join(place, 'data')) === undefined) rmSync(place, { recursive: true, force: true });
  }
}

function newPlaceIn(base: string, directory: string, user: ServerUser): string | undefined {
  try {
    removeForsaken(base, directory);
    const place = join(realpathSync(base), prefix(directory) + randomBytes(4).toString('hex'));
    mkdirSync(place, { mode: 0o711 });
    if (userMay(user, 'cd', place)) {
      writeFileSync(join(place, BACK_NOTE), directory);
      return place;
    }
    rmSync(place, { recursive: true });
  } catch (error) {
    if (!['EROFS', 'EACCES', 'EPERM', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
  return undefined;
}

/**
 * Finds or makes the place of the server's own files. Called under the cluster's lock.
 *
 * @param directory the real path of an existing directory
 * @param user whom the server will run as; undefined for the user of this process
 * @throws EmbeddedDirectoryUnusable (POSTGRES_EMBEDDED_DIRECTORY_UNUSABLE) when the user can enter no candidate
 */
export function placeFor(directory: string, user: ServerUser | undefined): string {
  if (user === undefined) return directory;
  const noted = notedPlace(directory);
  if (noted !== undefined) return noted;
  if (userMay(user, 'cd', directory)) return directory;
  if (existsSync(join(directory, 'data'))) {
    throw new EmbeddedDirectoryUnusable(directory, `user ${user.uid}, who owns the data in it, cannot enter it`);
  }
  for (const base of ['/var/lib', tmpdir(), '/tmp']) {
    const place = newPlaceIn(base, directory, user);
    if (place === undefined) continue;
    writeFileSync(join(directory, NOTE), place);
    return place;
  }
  throw new EmbeddedDirectoryUnusable(
    directory,
    `user ${user.uid} can enter neither it, nor /var/lib, nor ${tmpdir()}`,
  );
}
