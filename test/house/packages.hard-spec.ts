import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openTestDatabase } from '@annals/postgres/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BareApplication } from './support/bare-application.js';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports: Record<string, unknown>;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const EXAMPLE = 'docs/examples/first-steps.ts';
const APPLICATION = 'test/house/installed/application.ts';

describe('The packages, in an application outside the repository', () => {
  let application: BareApplication;
  let tarballs: string[];
  let installed: Manifest[];

  const manifestOf = async (name: string): Promise<Manifest> =>
    JSON.parse(await readFile(join(application.folder, 'node_modules', name, 'package.json'), 'utf8')) as Manifest;

  beforeAll(async () => {
    const packages = await mkdtemp(join(tmpdir(), 'annals-packages-'));
    application = await BareApplication.create();
    await application.run(process.execPath, [join(ROOT, 'tools/pack.js'), packages]);
    tarballs = (await readdir(packages)).sort();
    await application.install(tarballs.map((tarball) => join(packages, tarball)));
    await rm(packages, { recursive: true });
    const names = await readdir(join(application.folder, 'node_modules/@annals'));
    installed = await Promise.all(names.sort().map((name) => manifestOf(`@annals/${name}`)));
    await application.compile([EXAMPLE, APPLICATION]);
  });
  afterAll(() => application.remove());

  it('are one for each library, all of one version', async () => {
    const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as Manifest;
    const libraries = (await readdir(join(ROOT, 'libs'))).filter((name) => existsSync(join(ROOT, 'libs', name, 'src')));
    expect(tarballs).toEqual(libraries.map((name) => `annals-${name}-${version}.tgz`).sort());
    expect(installed.map(({ name }) => name)).toEqual(libraries.map((name) => `@annals/${name}`).sort());
    expect(new Set(installed.map((manifest) => manifest.version))).toEqual(new Set([version]));
  });

  it('load through each of their doors, without test tools', async () => {
    const doors = installed.flatMap(({ name, exports }) =>
      Object.keys(exports)
        // The other libraries' testing doors are contract suites, which need Vitest.
        .filter((door) => door !== './package.json' && (door !== './testing' || name === '@annals/cqrs'))
        .map((door) => name + door.slice(1)),
    );
    expect(doors.length).toBeGreaterThanOrEqual(installed.length);
    expect(existsSync(join(application.folder, 'node_modules/vitest'))).toBe(false);
    for (const door of doors) {
      const program = `console.log(Object.keys(await import('${door}')).length > 0)`;
      expect([door, await application.run(process.execPath, ['--input-type=module', '--eval', program])]).toEqual([
        door,
        'true\n',
      ]);
    }
  });

  it('bring the declarations and statements that the libraries have', async () => {
    const sources = await readdir(join(ROOT, 'libs'), { recursive: true });
    const wanted = sources
      .filter((path) => path.endsWith('.sql') || path.endsWith('index.ts'))
      .map((path) => path.replace('/src/', '/dist/').replace(/[.]ts$/, '.d.ts'));
    const inside = join(application.folder, 'node_modules/@annals');
    expect(wanted.filter((path) => path.endsWith('.sql')).length).toBeGreaterThan(10);
    expect(wanted.filter((path) => !existsSync(join(inside, path)))).toEqual([]);
  });

  it('run the example of the README', async () => {
    const printed = await application.run(process.execPath, ['dist/docs/examples/first-steps.js']);
    expect(printed).toBe('1 copies-reserved CopiesReserved { copies: 2 }\n');
  });

  it('append and read, in memory and on Postgres', async () => {
    const database = await openTestDatabase('packages');
    const environment = { DATABASE_URL: database.connectionString };
    const program = 'dist/test/house/installed/application.js';
    const printed = await application.run(process.execPath, [program], environment);
    await database.drop();
    const event = { stream: 'order-1', type: 'order-placed', revived: true };
    const seen = {
      events: [
        { ...event, revision: 1, data: { order: '1', lines: 3 } },
        { ...event, revision: 2, data: { order: '1', lines: 4 } },
      ],
      refused: true,
    };
    expect(JSON.parse(printed)).toEqual({ inMemory: seen, onPostgres: seen });
  });
});
