import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, constants, cpSync, existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { EmbeddedBinariesBroken } from './errors/embedded-binaries-broken.js';
import { EmbeddedBinariesMissing } from './errors/embedded-binaries-missing.js';
import { findNativePackage, makeMissingLinks } from './native-package.js';
import type { NativePackage } from './native-package.js';
import { serverEnvironment } from './server-settings.js';
import { userMay } from './server-user.js';
import type { ServerUser } from './server-user.js';

/** PostgreSQL's programs, ready to run. */
export interface Programs {
  readonly initdb: string;
  readonly postgres: string;
  /** The major version, as in `18`. */
  readonly major: string;
}

const NAMES = ['initdb', 'postgres'] as const;

const program = (folder: string, name: (typeof NAMES)[number]): string =>
  join(folder, 'bin', process.platform === 'win32' ? `${name}.exe` : name);

/** Makes the package's folder whole. False when that needs writing and it cannot be written. */
function mended(folder: string): boolean {
  try {
    makeMissingLinks(folder);
    for (const file of NAMES.map((name) => program(folder, name))) {
      const { mode } = statSync(file);
      if ((mode & 0o555) !== 0o555) chmodSync(file, mode | 0o555);
    }
    return true;
  } catch (error) {
    if (['EROFS', 'EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

/** What only a compiler needs. */
const isNeeded = (path: string): boolean => !path.endsWith('.a') && !path.endsWith('pkgconfig');

/** Copies the programs to the cluster's place, once per version: a copy appears whole or not at all. */
function copied({ folder, version }: NativePackage, place: string): string {
  const copy = join(place, `postgres-${version}`);
  if (existsSync(copy)) return copy;
  for (const name of readdirSync(place).filter((entry) => entry.startsWith('postgres-'))) {
    // Another version's copy, or one that was interrupted. The lock keeps others from making one right now.
    if (name !== 'postgres.log') rmSync(join(place, name), { recursive: true, force: true });
  }
  const draft = `${copy}.${randomBytes(4).toString('hex')}`;
  cpSync(folder, draft, {
    recursive: true,
    verbatimSymlinks: true,
    filter: isNeeded,
    mode: constants.COPYFILE_FICLONE,
  });
  openUp(draft);
  mended(draft);
  renameSync(draft, copy);
  return copy;
}

/** A read-only original, or a strict umask, must not leave a copy that the server's user cannot read or nobody remove. */
function openUp(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) openUp(path);
    else if (entry.isFile()) chmodSync(path, statSync(path).mode | 0o644);
  }
}

/** Asks `postgres` for its version, which also shows that it can be loaded and run here. */
function majorOf(postgres: string, user: ServerUser | undefined): string {
  const { error, output, signal } = spawnSync(postgres, ['--version'], {
    ...user,
    cwd: '/',
    encoding: 'utf8',
    env: serverEnvironment(),
  });
  // Without a process there is no output, whatever the types say.
  const text = error === undefined ? output.join('').trim() : error.message;
  const major = /\(PostgreSQL\) (\d+)/.exec(text)?.[1];
  if (major !== undefined) return major;
  const missingLoader = error !== undefined && 'code' in error && error.code === 'ENOENT';
  const said = missingLoader ? 'its loader, /lib64/ld-linux or the like, is missing' : text;
  throw new EmbeddedBinariesBroken(postgres, said || `it ended by ${signal ?? 'an error without a word'}`, error);
}

function packageFolder(place: string, user: ServerUser | undefined): string {
  const found = findNativePackage();
  const usable = mended(found.folder) && userMay(user, 'test -x', program(found.folder, 'postgres'));
  return usable ? found.folder : copied(found, place);
}

/**
 * Makes PostgreSQL's programs ready: the npm package's where they lie; a copy in the cluster's place when they lack links
 * and cannot be mended, or lie where the server's user cannot enter. Called under the cluster's lock.
 *
 * @param place where a copy may be made
 * @param user whom the programs will run as; undefined for the user of this process
 * @param given a folder with `bin`, `lib` and `share` to use instead of the npm package's
 * @throws EmbeddedBinariesMissing (POSTGRES_EMBEDDED_BINARIES_MISSING) when there are none for this platform
 * @throws EmbeddedBinariesBroken (POSTGRES_EMBEDDED_BINARIES_BROKEN) when they do not run here
 */
export function preparePrograms(place: string, user: ServerUser | undefined, given?: string): Programs {
  const folder = given ?? packageFolder(place, user);
  const postgres = program(folder, 'postgres');
  if (!existsSync(postgres)) throw new EmbeddedBinariesMissing(`${process.platform}-${process.arch}`, postgres);
  return { initdb: program(folder, 'initdb'), postgres, major: majorOf(postgres, user) };
}
