import { EmbeddedDirectoryUnusable } from './errors/embedded-directory-unusable.js';
import { EmbeddedDiskFull } from './errors/embedded-disk-full.js';

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write or enter it',
  EPERM: 'the operation is not permitted',
  EROFS: 'the file system is read-only',
  ENOENT: 'a part of the path is missing, or was removed meanwhile',
  ENOTDIR: 'a part of the path is a file',
  EEXIST: 'a file is in the way',
  EISDIR: 'a directory is in the way',
  ELOOP: 'its links go in circles',
  ENAMETOOLONG: 'the path is too long',
  ENOTSUP: 'the file system has no hard links',
};

/**
 * Turns an error of the file system into one that says what to do; any other error is returned as it is.
 *
 * @param directory named when the error itself names no path
 * @param error what was caught
 */
export function directoryFault(directory: string, error: unknown): unknown {
  const { code, path, message } = error as NodeJS.ErrnoException;
  if (code === undefined) return error;
  if (code === 'ENOSPC' || code === 'EDQUOT') return new EmbeddedDiskFull(path ?? directory, message, error);
  const reason = REASONS[code];
  return reason === undefined ? error : new EmbeddedDirectoryUnusable(path ?? directory, `${reason} (${code})`, error);
}
