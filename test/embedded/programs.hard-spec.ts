import { chmodSync, existsSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asRoot, House, serversIn } from './support/house.js';
import { mountReadOnly } from './support/mounts.js';
import { installWithoutScripts, linksIn } from './support/spoilt-packages.js';

describe('The programs of the embedded PostgreSQL', () => {
  let house: House;
  beforeAll(async () => {
    house = await House.build();
  });
  afterAll(() => house.close());

  const install = (): ReturnType<typeof installWithoutScripts> => installWithoutScripts(house.program, house.fresh());

  it('work after npm ci --ignore-scripts, whose missing links are made by racing processes at once', async () => {
    const { program, libraries } = install();
    expect(linksIn(libraries)).toEqual([]);
    // Of different directories: nothing but the package's folder is common to them.
    const applications = [1, 2, 3].map(() => house.start(house.fresh(), {}, {}, program));
    const ups = await Promise.all(applications.map((application) => application.up()));
    expect(ups.map(({ started }) => started)).toEqual([true, true, true]);
    expect(linksIn(libraries).length).toBeGreaterThan(0);
    await Promise.all(applications.map((application) => application.told('stop')));
  });

  it('are copied beside the data when they lack links in a place that is read-only', async () => {
    const { program, native, libraries } = install();
    const unmount = asRoot ? mountReadOnly(native) : protect(libraries);
    const directory = house.fresh();
    for (const round of [1, 2]) {
      const application = house.start(directory, {}, {}, program);
      expect(await application.up(), `round ${round}`).toMatchObject({ started: true });
      await application.told('stop');
    }
    expect(linksIn(libraries)).toEqual([]);
    expect(readdirSync(directory).filter((name) => /^postgres-\d/.test(name))).toHaveLength(1);
    unmount();
  });

  /** What a plain user can do to make a folder read-only. */
  function protect(folder: string): () => void {
    chmodSync(folder, 0o555);
    return () => chmodSync(folder, 0o755);
  }

  it('are made executable when they are not', async () => {
    const { program, native } = install();
    for (const name of ['initdb', 'postgres']) chmodSync(join(native, 'native', 'bin', name), 0o644);
    const application = house.start(house.fresh(), {}, {}, program);
    expect(await application.up()).toMatchObject({ started: true });
    await application.told('stop');
  });

  it('are missed by name on a platform that has none', async () => {
    const directory = house.fresh();
    const { failed } = await house.start(directory, { platform: 'aix' }).says();
    expect(failed).toMatchObject({ code: 'POSTGRES_EMBEDDED_BINARIES_MISSING', name: 'EmbeddedBinariesMissing' });
    expect(failed?.message).toMatch(/aix-.*DATABASE_URL/);
    expect(serversIn(directory)).toEqual([]);
  });

  it('are missed by name when npm left out the optional package', async () => {
    const { program, native } = install();
    rmSync(native, { recursive: true });
    const { failed } = await house.start(house.fresh(), {}, {}, program).says();
    expect(failed).toMatchObject({ code: 'POSTGRES_EMBEDDED_BINARIES_MISSING' });
    expect(failed?.message).toMatch(/--omit=optional/);
  });

  it('that cannot be loaded are reported with the loader’s words', async () => {
    const { program, libraries } = install();
    rmSync(join(libraries, 'libicuuc.so.60.2'));
    const { failed } = await house.start(house.fresh(), {}, {}, program).says();
    expect(failed).toMatchObject({ code: 'POSTGRES_EMBEDDED_BINARIES_BROKEN' });
    expect(failed?.message).toMatch(/libicuuc.*DATABASE_URL/s);
  });

  it('that are damaged are reported', async () => {
    const { program, native } = install();
    truncateSync(join(native, 'native', 'bin', 'postgres'), 1000);
    const { failed } = await house.start(house.fresh(), {}, {}, program).says();
    expect(failed).toMatchObject({ code: 'POSTGRES_EMBEDDED_BINARIES_BROKEN' });
  });

  it('that cannot make a cluster are quoted', async () => {
    const { program, native } = install();
    const template = readdirSync(native, { recursive: true, encoding: 'utf8' }).find((name) =>
      name.endsWith('postgres.bki'),
    );
    rmSync(join(native, template ?? 'missing'));
    const { failed } = await house.start(house.fresh(), {}, {}, program).says();
    expect(failed).toMatchObject({ code: 'POSTGRES_EMBEDDED_INITDB_FAILED' });
    expect(failed?.message).toMatch(/postgres\.bki.*DATABASE_URL/s);
  });

  it('can be given by a folder, and are missed in one that has none', async () => {
    const { native } = install();
    const empty = house.fresh();
    const { failed } = await house.start(house.fresh(), { options: { programs: empty } }).says();
    expect(failed).toMatchObject({ code: 'POSTGRES_EMBEDDED_BINARIES_MISSING' });
    const given = house.start(house.fresh(), { options: { programs: join(native, 'native') } });
    // Without its links: a folder that is given is used as it is.
    expect((await given.says()).failed).toMatchObject({ code: 'POSTGRES_EMBEDDED_BINARIES_BROKEN' });
    expect(existsSync(empty)).toBe(false);
  });
});
