import { spawnSync } from 'node:child_process';
import { existsSync, lchownSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { EmbeddedUserMissing } from './errors/embedded-user-missing.js';

/** Whom the server runs as, when this process is root and must step down. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/*
 * Root's choice of a user:
 * 1. existing data: their owner;
 * 2. a directory that belongs to a plain user, as a checkout started with sudo or mounted into a container does: that
 *    user, who can then go on without root;
 * 3. otherwise `nobody`, which every distribution has; failing that `postgres` or `daemon`.
 * initdb looks its user up by id, so only users in the password file will do, except for data that exist already.
 */
const FALLBACKS = ['nobody', 'postgres', 'daemon'];

interface Account extends ServerUser {
  readonly name: string;
}

function accounts(): readonly Account[] {
  let text: string;
  try {
    text = readFileSync('/etc/passwd', 'utf8');
  } catch {
    return [];
  }
  return text
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name = '', , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
    .filter(({ uid, gid }) => uid > 0 && Number.isSafeInteger(uid) && Number.isSafeInteger(gid));
}

function ownerOf(path: string): ServerUser | undefined {
  if (!existsSync(path)) return undefined;
  const { uid, gid } = statSync(path);
  return uid === 0 ? undefined : { uid, gid };
}

function nearestOwner(path: string): ServerUser | undefined {
  return existsSync(path) || dirname(path) === path ? ownerOf(path) : nearestOwner(dirname(path));
}

/**
 * The plain user that a new cluster in `directory` belongs to, when this process is root.
 *
 * @param directory need not exist yet
 * @returns undefined when this process is not root: the server then runs as whoever runs this
 * @throws EmbeddedUserMissing (POSTGRES_EMBEDDED_USER_MISSING) when the machine has no other user than root
 */
export function serverUserFor(directory: string): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const known = accounts();
  const owner = nearestOwner(directory);
  const account =
    known.find(({ uid }) => uid === owner?.uid) ??
    FALLBACKS.map((fallback) => known.find(({ name }) => name === fallback)).find((found) => found !== undefined);
  if (account === undefined) {
    throw new EmbeddedUserMissing(`/etc/passwd names none of ${FALLBACKS.join(', ')}`);
  }
  return { uid: account.uid, gid: account.gid };
}

/**
 * Data that exist are served by their owner, whoever would be chosen today.
 *
 * @returns undefined when this process is not root, or the data are root's, as a copy or backup put back by root is
 */
export function ownerOfData(place: string): ServerUser | undefined {
  return process.getuid?.() === 0 ? ownerOf(join(place, 'data')) : undefined;
}

/** Gives data that are root's to the server's user, with everything in them. */
export function claimData(place: string, user: ServerUser | undefined): void {
  const data = join(place, 'data');
  if (user === undefined || !existsSync(data) || ownerOf(data) !== undefined) return;
  const inside = readdirSync(data, { recursive: true }) as string[];
  // The directory itself last: interrupted half-way, the next start does it again.
  giveTo(user, ...inside.map((name) => join(data, name)), data);
}

/**
 * Whether a user may enter a directory, or run a program; asked of the operating system, which knows about access lists.
 *
 * @param user undefined asks for this process's own user
 * @param what `cd` for a directory, `test -x` for a program
 */
export function userMay(user: ServerUser | undefined, what: 'cd' | 'test -x', path: string): boolean {
  const { status, error } = spawnSync('/bin/sh', ['-c', `${what} "$1"`, 'sh', path], {
    ...user,
    cwd: '/',
    stdio: 'ignore',
  });
  if (error !== undefined && user !== undefined) {
    throw new EmbeddedUserMissing(`this process may not become user ${user.uid} (${error.message})`, error);
  }
  return status === 0;
}

/** Gives a file to the server's user; does nothing when this process is not root. */
export function giveTo(user: ServerUser | undefined, ...paths: readonly string[]): void {
  if (user === undefined) return;
  try {
    paths.forEach((path) => lchownSync(path, user.uid, user.gid));
  } catch (error) {
    throw new EmbeddedUserMissing(`files cannot be given to user ${user.uid} (${(error as Error).message})`, error);
  }
}
