import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { importsOf } from './imports.js';
import { PACKAGES, SHARED } from './packages.js';

/**
 * @typedef {{ version: string, license: string, engines: Record<string, string>, dependencies: Record<string, string>, devDependencies: Record<string, string> }} Root
 * @typedef {Record<string, string>} Versions
 */

/**
 * Writes the package.json of a library from what its compiled files import.
 * @param {string} library its folder's name
 * @param {string} compiled the folder with its compiled files
 * @param {Root} root the project's package.json
 * @returns {Record<string, unknown>}
 * @throws Error when the library is not described, or imports a package that the project does not depend on
 */
export function manifestOf(library, compiled, root) {
  const about = PACKAGES[library];
  if (about === undefined) throw new Error(`Describe the library ${library} in tools/pack/packages.js`);
  return {
    name: `@annals/${library}`,
    version: root.version,
    description: about.description,
    license: root.license,
    author: 'The Annals authors',
    type: 'module',
    engines: root.engines,
    exports: exportsOf(compiled),
    files: ['dist'],
    ...dependenciesOf(importsOf(compiled), about.looksUp ?? [], root),
  };
}

/** @param {string} compiled @returns {Record<string, unknown>} a door for each folder that opens one */
function exportsOf(compiled) {
  const folders = readdirSync(compiled).filter((name) => existsSync(join(compiled, name, 'index.js')));
  const door = (/** @type {string} */ path) => ({ types: `${path}/index.d.ts`, default: `${path}/index.js` });
  return {
    '.': door('./dist'),
    ...Object.fromEntries(folders.map((name) => [`./${name}`, door(`./dist/${name}`)])),
    './package.json': './package.json',
  };
}

/**
 * @param {import('./imports.js').Imported[]} imports
 * @param {string[]} looksUp
 * @param {Root} root
 */
function dependenciesOf(imports, looksUp, root) {
  /** @type {{ dependencies: Versions, peerDependencies: Versions, optionalDependencies: Versions }} */
  const needs = { dependencies: {}, peerDependencies: {}, optionalDependencies: {} };
  /** @type {Record<string, { optional: true }>} */
  const peerDependenciesMeta = {};
  for (const { name, testing, typed } of imports) {
    const range = rangeOf(name, root);
    if (testing || SHARED.test(name)) needs.peerDependencies[name] = range;
    else needs.dependencies[name] = range;
    if (testing) peerDependenciesMeta[name] = { optional: true };
    const types = `@types/${name}`;
    if (typed && !testing && types in root.devDependencies) needs.dependencies[types] = rangeOf(types, root);
  }
  for (const name of looksUp) needs.optionalDependencies[name] = rangeOf(name, root);
  return Object.fromEntries(
    Object.entries({ ...needs, peerDependenciesMeta }).filter(([, named]) => Object.keys(named).length > 0),
  );
}

/**
 * @param {string} name
 * @param {Root} root
 * @returns {string} what works with the version the project is tested with
 */
function rangeOf(name, root) {
  if (name.startsWith('@annals/')) return root.version;
  const version = root.dependencies[name] ?? root.devDependencies[name];
  if (version === undefined) throw new Error(`${name} is imported, but package.json does not name it`);
  // A caret would reach from a pre-release to the release of another major's data format.
  return version.includes('-') ? version : `^${version}`;
}
