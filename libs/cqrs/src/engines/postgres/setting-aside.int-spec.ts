import type { RecordedEvent } from '@annals/event-store';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { On } from '../../projecting/on.js';
import type { ProjectionContext } from '../../projecting/projection-context.js';
import { Projection } from '../../projecting/projection.js';
import type { ProjectionOptions } from '../../projecting/projection.js';
import { Balance, balances, Transferred } from '../../testing/ledger.js';
import type { ProjectionHouse } from '../../testing/projection-house.js';
import { openProjectionHouse } from '../../testing/projection-house.js';
import { Sale, Sold } from '../../testing/sales.js';

describe('What projections set aside', () => {
  let house: ProjectionHouse;
  let counter = 0;
  let name = '';
  /** Streams that cannot be handled just now. */
  const poisonous = new Set<string>();
  beforeAll(async () => {
    house = await openProjectionHouse('setting_aside', [Balance, Sale]);
  });
  afterEach(async () => {
    poisonous.clear();
    await house.stopAll();
  });
  afterAll(() => house.close());

  const fresh = (options: Partial<ProjectionOptions>) => {
    name = `aside-${(counter += 1)}`;
    const of = name;
    @Projection({ name, ...options })
    class Sales {
      @On(Sold)
      async sold({ id, stream, revision, data }: RecordedEvent<Sold>, { manager }: ProjectionContext): Promise<void> {
        await manager.insert(Sale, { projection: of, event: id, stream, revision });
        if (poisonous.has(stream) || poisonous.has(data.product)) throw new Error(`${data.product} is poison`);
      }
    }
    return new Sales();
  };
  const own = (key: string): string => `${name}-${key}`;
  const sell = async (stream: string, product = 'book') => {
    const appended = await house.store.append(stream, 'any', [new Sold(product, 1)]);
    if (appended.pending) throw new Error('in no unit');
    return appended.checkpoint;
  };
  const revisions = async (stream: string): Promise<number[]> => {
    const rows = await house.dataSource
      .getRepository(Sale)
      .find({ where: { projection: name, stream }, order: { id: 'ASC' } });
    return rows.map(({ revision }) => revision);
  };

  it('is the one key whose event fails: others go on at once, and released, its events apply in order', async () => {
    const projection = fresh({ onFailure: 'park' });
    const [bad, good] = [own('bad'), own('good')];
    poisonous.add(bad);
    // Were others to wait for its next attempt, this test would not live to see it.
    const projections = house.run([projection], { retryBaseMs: 600_000, retryMaxMs: 600_000 });
    for (let n = 0; n < 4; n += 1) await sell(bad);
    await projections.reached(name, await sell(good));
    await sell(bad);
    await vi.waitFor(
      async () => expect((await projections.parked(name))[0]).toMatchObject({ attempts: 1, events: 5 }),
      5_000,
    );
    const [parked] = await projections.parked(name);
    expect(parked).toMatchObject({ key: bad, stream: bad, nextAt: expect.any(Date) as Date });
    expect(parked?.failure).toContain('book is poison');
    expect((await projections.status(name)).parked.reduce((sum, events) => sum + events)).toBe(5);
    expect(await revisions(bad)).toEqual([]);
    poisonous.clear();
    expect(await projections.release(name, bad)).toBe(true);
    const last = await sell(bad);
    await vi.waitFor(async () => expect(await projections.parked(name)).toEqual([]), 5_000);
    await projections.reached(name, last);
    expect(await revisions(bad)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await projections.release(name, bad)).toBe(false);
  });

  it('comes right by itself when the cause goes away between two attempts', async () => {
    const projection = fresh({ onFailure: 'park' });
    const bad = own('bad');
    poisonous.add(bad);
    const projections = house.run([projection], { attempts: 50 });
    await sell(bad);
    await sell(bad);
    await vi.waitFor(async () => expect(await projections.parked(name)).toHaveLength(1), 5_000);
    poisonous.clear();
    await vi.waitFor(async () => expect(await projections.parked(name)).toEqual([]), 5_000);
    expect(await revisions(bad)).toEqual([1, 2]);
  });

  it('still waits after a restart, and the events that come meanwhile wait behind it', async () => {
    const projection = fresh({ onFailure: 'park' });
    const bad = own('bad');
    poisonous.add(bad);
    const first = house.run([projection]);
    await sell(bad);
    await vi.waitFor(async () => expect((await first.parked(name))[0]?.attempts).toBe(3), 5_000);
    await first.stop();
    const last = await sell(bad);
    poisonous.clear();
    const second = house.run([projection]);
    await expect(second.reached(name, last)).rejects.toMatchObject({ code: 'CQRS_PROJECTION_SET_ASIDE', key: bad });
    expect(await second.parked(name)).toMatchObject([{ key: bad, events: 2 }]);
    await second.release(name, bad);
    await vi.waitFor(async () => expect(await revisions(bad)).toEqual([1, 2]), 5_000);
  });

  it('is told to who waits for it: a parked stream and a skipped event, but not the events beside it', async () => {
    const projection = fresh({ onFailure: 'park' });
    const [bad, good] = [own('bad'), own('good')];
    poisonous.add(bad);
    const projections = house.run([projection]);
    const [poisoned, fine] = [await sell(bad), await sell(good)];
    await expect(projections.reached(name, poisoned)).rejects.toMatchObject({ code: 'CQRS_PROJECTION_SET_ASIDE' });
    await expect(projections.reached(name, fine)).resolves.toBeUndefined();
  });

  it('is a skipped event alone: the next of its stream is handled, and it can be released later', async () => {
    const projection = fresh({ onFailure: 'skip' });
    const stream = own('one');
    poisonous.add('bad');
    const projections = house.run([projection]);
    await sell(stream);
    const skipped = await sell(stream, 'bad');
    const last = await sell(stream);
    await projections.reached(name, last);
    expect(await revisions(stream)).toEqual([1, 3]);
    await expect(projections.reached(name, skipped)).rejects.toMatchObject({ code: 'CQRS_PROJECTION_SET_ASIDE' });
    const [parked] = await projections.parked(name);
    expect(parked).toMatchObject({ stream, attempts: 3, events: 1 });
    poisonous.clear();
    await projections.release(name, parked?.key ?? '');
    await vi.waitFor(async () => expect(await revisions(stream)).toEqual([1, 3, 2]), 5_000);
    await expect(projections.reached(name, skipped)).resolves.toBeUndefined();
  });

  it('goes by what the projection says must stay in order, across streams', async () => {
    const projection = fresh({ onFailure: 'park', parkBy: (event) => (event as RecordedEvent<Sold>).data.product });
    poisonous.add('rotten');
    const projections = house.run([projection]);
    await sell(own('1'), 'rotten');
    await sell(own('2'), 'rotten');
    const fine = await sell(own('1'), 'good');
    await projections.reached(name, fine).catch(() => undefined);
    await vi.waitFor(
      async () => expect(await projections.parked(name)).toMatchObject([{ key: 'rotten', events: 2 }]),
      5_000,
    );
    expect(await revisions(own('1'))).toEqual([2]);
    poisonous.clear();
    await projections.release(name, 'rotten');
    await vi.waitFor(async () => expect(await revisions(own('2'))).toEqual([1]), 5_000);
    expect(await revisions(own('1'))).toEqual([2, 1]);
  });

  it('keeps rows that are folded right as well', async () => {
    const ledger = `aside-ledger-${(counter += 1)}`;
    const folding = balances(ledger, { onFailure: 'park' }) as { transferred: (...given: never[]) => Balance };
    const transferred = folding.transferred.bind(folding);
    folding.transferred = (...given: never[]) => {
      const event = given[1] as unknown as RecordedEvent<Transferred>;
      if (poisonous.has(event.stream)) throw new Error('poison');
      return transferred(...given);
    };
    const projections = house.run([folding]);
    poisonous.add(`${ledger}-bad`);
    await house.store.append(`${ledger}-bad`, 'any', [new Transferred('a', 'b', 1), new Transferred('a', 'b', 2)]);
    const fine = await house.store.append(`${ledger}-good`, 'any', [new Transferred('a', 'b', 10)]);
    await projections.reached(ledger, fine.pending ? [] : fine.checkpoint);
    const amount = async () =>
      (await house.dataSource.getRepository(Balance).findOneBy({ ledger, account: 'b' }))?.amount;
    expect(await amount()).toBe('10');
    poisonous.clear();
    await projections.release(ledger, `${ledger}-bad`);
    await vi.waitFor(async () => expect(await amount()).toBe('13'), 5_000);
  });
});
