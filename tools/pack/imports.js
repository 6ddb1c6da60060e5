import { readFileSync, readdirSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import ts from 'typescript';

/**
 * @typedef {object} Imported
 * @property {string} name the package, without what follows its name
 * @property {boolean} testing only files of the testing door import it
 * @property {boolean} typed a declaration file imports it
 */

/**
 * Finds what the compiled files of a library import from other packages.
 * @param {string} folder the compiled library
 * @returns {Imported[]} sorted by name
 */
export function importsOf(folder) {
  /** @type {Map<string, Imported>} */
  const found = new Map();
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!/[.](js|d[.]ts)$/.test(path)) continue;
    const testing = path.replaceAll('\\', '/').startsWith('testing/');
    for (const { fileName } of ts.preProcessFile(readFileSync(join(folder, path), 'utf8')).importedFiles) {
      if (fileName.startsWith('.') || fileName.startsWith('node:') || builtinModules.includes(fileName)) continue;
      const name = packageOf(fileName);
      const before = found.get(name) ?? { name, testing: true, typed: false };
      found.set(name, {
        name,
        testing: before.testing && testing,
        typed: before.typed || path.endsWith('.d.ts'),
      });
    }
  }
  return [...found.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** @param {string} specifier @returns {string} */
const packageOf = (specifier) => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
