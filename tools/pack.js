/**
 * `node tools/pack.js [FOLDER]` compiles the libraries and makes an installable tarball of each in FOLDER (default:
 * dist/packages). The compiler leaves `@annals/…` imports as they are written, which is what a package needs; the build
 * of the application rewrites them to relative paths and is of no use here.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { manifestOf } from './pack/manifest.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TSC = fileURLToPath(import.meta.resolve('typescript/bin/tsc'));

/**
 * @param {string} library
 * @param {string} compiled all libraries, compiled
 * @param {string} staged where the package is laid out
 */
function layOut(library, compiled, staged) {
  const source = join(ROOT, 'libs', library, 'src');
  const target = join(staged, 'dist');
  mkdirSync(staged, { recursive: true });
  cpSync(join(compiled, library, 'src'), target, { recursive: true });
  for (const path of readdirSync(source, { recursive: true, encoding: 'utf8' })) {
    if (path.endsWith('.sql')) cpSync(join(source, path), join(target, path));
  }
  for (const file of [join(ROOT, 'LICENSE'), join(ROOT, 'libs', library, 'README.md')]) {
    if (existsSync(file)) cpSync(file, join(staged, file.endsWith('LICENSE') ? 'LICENSE' : 'README.md'));
  }
  const root = /** @type {import('./pack/manifest.js').Root} */ (
    JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  );
  writeFileSync(join(staged, 'package.json'), `${JSON.stringify(manifestOf(library, target, root), null, 2)}\n`);
}

const target = resolve(process.argv[2] ?? join(ROOT, 'dist/packages'));
const work = mkdtempSync(join(tmpdir(), 'annals-pack-'));
try {
  const compiled = join(work, 'compiled');
  const project = join(ROOT, 'tools/pack/tsconfig.libs.json');
  execFileSync(process.execPath, [TSC, '--project', project, '--outDir', compiled], { stdio: 'inherit' });
  const libraries = readdirSync(compiled).sort();
  for (const library of libraries) layOut(library, compiled, join(work, library));
  mkdirSync(target, { recursive: true });
  for (const old of readdirSync(target)) if (old.endsWith('.tgz')) rmSync(join(target, old));
  execFileSync(
    'npm',
    ['pack', '--ignore-scripts', '--pack-destination', target, ...libraries.map((library) => join(work, library))],
    { stdio: ['ignore', 'inherit', 'ignore'], shell: process.platform === 'win32' },
  );
} finally {
  rmSync(work, { recursive: true, force: true });
}
