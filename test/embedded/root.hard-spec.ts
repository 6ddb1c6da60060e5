import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asRoot, ask, House, kill, serversIn, until } from './support/house.js';
import { installWithoutScripts } from './support/spoilt-packages.js';

/** `games` of Debian, Alpine and Fedora differ in number; `bin` and `daemon` are 1 and 2 or the reverse, and exist. */
const PLAIN = { uid: 1, gid: 1 };

describe.runIf(asRoot)('The embedded PostgreSQL of root', () => {
  let house: House;
  let places: string[];
  beforeAll(async () => {
    house = await House.build();
    places = [];
  });
  afterAll(async () => {
    places.flatMap(serversIn).forEach(kill);
    await until('all have ended', () => places.flatMap(serversIn).length === 0);
    places.forEach((place) => rmSync(place, { recursive: true, force: true }));
    await house.close();
  });

  /** A checkout as /root/app: nobody but root may enter it. */
  function closedCheckout(): { checkout: string; program: string; directory: string } {
    const closed = house.fresh();
    mkdirSync(closed, { mode: 0o700 });
    const checkout = join(closed, 'app');
    mkdirSync(checkout);
    const { program } = installWithoutScripts(house.program, checkout);
    return { checkout, program, directory: join(checkout, '.annals') };
  }

  function placeOf(directory: string): string {
    const place = readFileSync(join(directory, 'place'), 'utf8');
    places.push(place);
    return place;
  }

  async function runs(directory: string, program: string, cwd: string): Promise<void> {
    const application = house.start(directory, {}, { cwd }, program);
    const { url } = await application.up();
    await ask(url, 'CREATE TABLE IF NOT EXISTS starts (at timestamptz DEFAULT now())');
    await ask(url, 'INSERT INTO starts DEFAULT VALUES');
    await application.told('stop');
  }

  async function starts(directory: string, program: string): Promise<number> {
    const application = house.start(directory, {}, {}, program);
    const { url } = await application.up();
    const [row] = await ask(url, "SELECT to_regclass('starts') IS NOT NULL AS there");
    const count = row?.['there'] === true ? (await ask(url, 'SELECT FROM starts')).length : 0;
    await application.told('stop');
    return count;
  }

  it('works in a checkout its user cannot enter, with programs and data elsewhere', async () => {
    const { checkout, program, directory } = closedCheckout();
    await runs(directory, program, checkout);
    await runs(directory, program, checkout);
    const place = placeOf(directory);
    expect(place).toMatch(/^\/var\/lib\/annals-|^\/tmp\/annals-/);
    expect(statSync(join(place, 'data')).uid).not.toBe(0);
    expect(statSync(join(directory, 'password')).mode & 0o777).toBe(0o600);
    expect(serversIn(place)).toEqual([]);
    expect(await starts(directory, program)).toBe(2);
  });

  it('keeps its data when the checkout is moved, and shares none with a copy', async () => {
    const { checkout, program, directory } = closedCheckout();
    await runs(directory, program, checkout);
    const place = placeOf(directory);
    const moved = `${checkout}-moved`;
    renameSync(checkout, moved);
    expect(await starts(join(moved, '.annals'), join(moved, 'program.mjs'))).toBe(1);
    const copy = `${checkout}-copy`;
    cpSync(moved, copy, { recursive: true, verbatimSymlinks: true });
    expect(await starts(join(copy, '.annals'), join(copy, 'program.mjs'))).toBe(0);
    expect(placeOf(join(copy, '.annals'))).not.toBe(place);
    expect(await starts(join(moved, '.annals'), join(moved, 'program.mjs'))).toBe(1);
  });

  it('begins afresh, and tidies up, when the directory was removed', async () => {
    const { checkout, program, directory } = closedCheckout();
    await runs(directory, program, checkout);
    const place = placeOf(directory);
    rmSync(directory, { recursive: true });
    expect(await starts(directory, program)).toBe(0);
    expect(placeOf(directory)).not.toBe(place);
    expect(existsSync(place)).toBe(false);
  });

  it('survives kill -9 of everything there, too, and leaves nothing when asked to remove itself', async () => {
    const { checkout, program, directory } = closedCheckout();
    const application = house.start(directory, {}, { cwd: checkout }, program);
    await application.up();
    const place = placeOf(directory);
    await application.signalled('SIGKILL');
    serversIn(place).forEach(kill);
    await until('all have ended', () => serversIn(place).length === 0);
    const next = house.start(directory, { options: { removeOnStop: true } }, {}, program);
    expect(await next.up()).toMatchObject({ started: true });
    await next.told('stop');
    expect([existsSync(place), existsSync(directory)]).toEqual([false, false]);
  });

  it('is started in a plain user’s directory as that user, who goes on without root', async () => {
    const checkout = house.fresh();
    mkdirSync(checkout);
    chownSync(checkout, PLAIN.uid, PLAIN.gid);
    const directory = join(checkout, '.annals');
    await runs(directory, house.program, checkout);
    expect(statSync(join(directory, 'data')).uid).toBe(PLAIN.uid);
    for (const user of [PLAIN, {}, PLAIN]) {
      const application = house.start(directory, {}, user);
      const { url } = await application.up();
      expect(await ask(url, 'SELECT FROM starts')).toHaveLength(1);
      await application.told('stop');
    }
  });

  it('is shared by root and that user', async () => {
    const checkout = house.fresh();
    mkdirSync(checkout);
    chownSync(checkout, PLAIN.uid, PLAIN.gid);
    const directory = join(checkout, '.annals');
    const [root, plain] = [house.start(directory), house.start(directory, {}, PLAIN)];
    const ups = await Promise.all([root.up(), plain.up()]);
    expect(ups.filter(({ started }) => started)).toHaveLength(1);
    await root.told('stop');
    expect(await plain.told('SELECT 1 AS still')).toEqual({ rows: [{ still: 1 }] });
    await plain.told('stop');
    expect(serversIn(directory)).toEqual([]);
  });

  it('finds its server again with the few rights root has in a container', async () => {
    const directory = house.fresh();
    const through = ['setpriv', '--bounding-set=-sys_ptrace', '--inh-caps=-sys_ptrace', '--'];
    const first = house.start(directory, {}, { through });
    const second = house.start(directory, {}, { through });
    const ups = await Promise.all([first.up(), second.up()]);
    expect(ups.filter(({ started }) => started)).toHaveLength(1);
    await Promise.all([first.told('stop'), second.told('stop')]);
    expect(serversIn(directory)).toEqual([]);
  });

  it('says what to do when root may not become anybody else', async () => {
    const directory = house.fresh();
    const through = ['setpriv', '--bounding-set=-setuid,-setgid', '--inh-caps=-setuid,-setgid', '--'];
    const { failed } = await house.start(directory, {}, { through }).says();
    expect(failed).toMatchObject({ code: 'POSTGRES_EMBEDDED_USER_MISSING' });
    expect(failed?.message).toMatch(/DATABASE_URL/);
  });

  it('works under a strict umask', async () => {
    const directory = house.fresh();
    const application = house.start(directory, {}, { through: ['sh', '-c', 'umask 077; exec "$@"', 'sh'] });
    await application.up();
    await application.told('stop');
    chmodSync(directory, 0o711);
    expect(serversIn(directory)).toEqual([]);
  });
});
