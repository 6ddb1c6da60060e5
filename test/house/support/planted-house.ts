import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A checkout made of planted files only, somewhere else on the disk. */
export interface PlantedHouse {
  readonly root: string;
  remove(): Promise<void>;
}

/** Libraries with a front door each and a testing door. */
const LIBRARIES = ['message', 'postgres', 'log', 'event-store', 'bus', 'cqrs', 'saga', 'console'];
/** Installed packages, as far as a resolver looks at them. */
const PACKAGES = ['@nestjs/common', 'pg', 'typeorm', 'vitest'];

const sound = (): Record<string, string> => ({
  'package.json': '{ "type": "module" }',
  'tsconfig.json': JSON.stringify({
    compilerOptions: {
      module: 'nodenext',
      paths: Object.fromEntries(
        LIBRARIES.flatMap((library) => [
          [`@annals/${library}`, [`./libs/${library}/src/index.ts`]],
          [`@annals/${library}/testing`, [`./libs/${library}/src/testing/index.ts`]],
        ]),
      ),
    },
  }),
  ...Object.fromEntries(
    LIBRARIES.flatMap((library) => [
      [`libs/${library}/src/index.ts`, `export const ${library.replace('-', '')} = 1;\n`],
      [`libs/${library}/src/testing/index.ts`, `import 'vitest';\nexport const contract = 1;\n`],
    ]),
  ),
  ...Object.fromEntries(
    PACKAGES.flatMap((name) => [
      [`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' })],
      [`node_modules/${name}/index.js`, 'export const something = 1;\n'],
    ]),
  ),
});

/**
 * Lays out a house without a fault and plants files in it.
 * @param files contents by path
 */
export async function plantHouse(files: Readonly<Record<string, string>>): Promise<PlantedHouse> {
  const root = await mkdtemp(join(tmpdir(), 'annals-planted-'));
  for (const [path, content] of Object.entries({ ...sound(), ...files })) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
  return { root, remove: () => rm(root, { recursive: true, force: true }) };
}
