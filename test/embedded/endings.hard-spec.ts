import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { House, serversIn, until } from './support/house.js';

describe('An application that ends', () => {
  let house: House;
  beforeAll(async () => {
    house = await House.build();
  });
  afterAll(() => house.close());

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'by %s takes its server along and ends by that signal',
    async (signal) => {
      const directory = house.fresh();
      const application = house.start(directory);
      await application.up();
      expect(await application.signalled(signal)).toEqual({ code: null, signal });
      expect(serversIn(directory)).toEqual([]);
    },
  );

  it('by process.exit takes its server along', async () => {
    const directory = house.fresh();
    const application = house.start(directory);
    await application.up();
    application.tell('exit');
    expect(await application.ended).toEqual({ code: 3, signal: null });
    expect(serversIn(directory)).toEqual([]);
  });

  it('by an uncaught exception takes its server along', async () => {
    const directory = house.fresh();
    const application = house.start(directory);
    await application.up();
    application.tell('throw');
    expect(await application.ended).toEqual({ code: 1, signal: null });
    expect(serversIn(directory)).toEqual([]);
  });

  it.each(['listens before', 'listens after'] as const)(
    'after draining keeps its server until then (%s)',
    async (drains) => {
      const directory = house.fresh();
      const application = house.start(directory, { drains }, { detached: true });
      await application.up();
      process.kill(-application.pid, 'SIGINT');
      expect(await application.says()).toEqual({ drained: true });
      expect(await application.ended).toEqual({ code: 0, signal: null });
      expect(serversIn(directory)).toEqual([]);
    },
  );

  it.each([{ signalExit: true }, { raisesAgain: true }])(
    'beside other listeners ends by the signal (%o)',
    async (orders) => {
      const directory = house.fresh();
      const application = house.start(directory, orders);
      await application.up();
      expect(await application.signalled('SIGINT')).toEqual({ code: null, signal: 'SIGINT' });
      expect(serversIn(directory)).toEqual([]);
    },
  );

  it('without having signals handled leaves its server to the next', async () => {
    const directory = house.fresh();
    const application = house.start(directory, { options: { handleSignals: false } });
    await application.up();
    await application.signalled('SIGINT');
    const next = house.start(directory);
    expect(await next.up()).toMatchObject({ started: false });
    await next.told('stop');
    expect(serversIn(directory)).toEqual([]);
  });

  it('leaves the server to others that use it', async () => {
    const directory = house.fresh();
    const [first, second] = [house.start(directory), house.start(directory)];
    await Promise.all([first.up(), second.up()]);
    await first.signalled('SIGTERM');
    expect(await second.told('SELECT 1 AS still')).toEqual({ rows: [{ still: 1 }] });
    await second.signalled('SIGINT');
    expect(serversIn(directory)).toEqual([]);
  });

  it('while it is starting leaves neither server nor initdb behind, and a start that still works', async () => {
    const directory = house.fresh();
    const seen = (): string[] => (existsSync(directory) ? readdirSync(directory) : []);
    const during: [string, () => boolean][] = [
      ['initdb runs', () => seen().some((name) => name.startsWith('data.draft-'))],
      ['the server starts', () => existsSync(join(directory, 'data', 'postmaster.pid'))],
    ];
    for (const [what, holds] of during) {
      const application = house.start(directory);
      await until(what, holds);
      await application.signalled('SIGTERM');
      await until('nothing runs', () => serversIn(directory).length === 0);
    }
    const application = house.start(directory);
    await application.up();
    await application.told('stop');
    expect(seen().filter((name) => name.startsWith('data.draft-'))).toEqual([]);
  });

  it('says so when its server withstands every signal', async () => {
    const directory = house.fresh();
    const application = house.start(directory, { options: { stopTimeoutMs: 100 } });
    await application.up();
    const postmaster = Number(readFileSync(join(directory, 'data', 'postmaster.pid'), 'utf8').split('\n')[0]);
    process.kill(postmaster, 'SIGSTOP');
    const { failed } = await application.told('stop');
    process.kill(postmaster, 'SIGCONT');
    expect(failed).toMatchObject({ code: 'POSTGRES_EMBEDDED_STOP_FAILED' });
    expect(failed?.message).toContain(String(postmaster));
    await until('the signals have arrived', () => serversIn(directory).length === 0);
  });

  it('does not keep its data when asked to remove them', async () => {
    const directory = house.fresh();
    const application = house.start(directory, { options: { removeOnStop: true } });
    await application.up();
    await application.signalled('SIGINT');
    expect(existsSync(directory)).toBe(false);
  });
});
