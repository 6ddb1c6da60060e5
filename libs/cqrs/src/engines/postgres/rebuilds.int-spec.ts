import type { RecordedEvent } from '@annals/event-store';
import { EntitySchema } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { On } from '../../projecting/on.js';
import type { ProjectionContext } from '../../projecting/projection-context.js';
import { Projection } from '../../projecting/projection.js';
import type { ProjectionOptions } from '../../projecting/projection.js';
import type { RebuildSides } from '../../projecting/rebuild-storage.js';
import type { ProjectionHouse } from '../../testing/projection-house.js';
import { openProjectionHouse } from '../../testing/projection-house.js';
import { Sold } from '../../testing/sales.js';

interface Tally {
  product: string;
  sold: number;
}
const Tally = new EntitySchema<Tally>({
  name: 'tally',
  schema: 'shelf',
  columns: { product: { type: 'text', primary: true }, sold: { type: 'int' } },
});

interface Numbered {
  id: number;
  stream: string;
}
/** Numbers its rows by a sequence, which goes with the table. */
const Numbered = new EntitySchema<Numbered>({
  name: 'numbered',
  columns: { id: { type: 'int', primary: true, generated: true }, stream: { type: 'text' } },
});

describe('A rebuild', () => {
  let house: ProjectionHouse;
  let counter = 0;
  let name = '';
  beforeEach(async () => {
    house = await openProjectionHouse(`rebuilds_${(counter += 1)}`, [Numbered, Tally]);
    name = `tally-${counter}`;
  }, 60_000);
  afterEach(() => house.close());

  const sell = async (product: string, quantity = 1) => {
    const appended = await house.store.append(`sale-${product}`, 'any', [new Sold(product, quantity)]);
    return appended.pending ? [] : appended.checkpoint;
  };
  type Hook = (event: RecordedEvent<Sold>, context: ProjectionContext) => Promise<unknown>;
  /** Writes by SQL to the table it is told. */
  const tallies = (options: Partial<ProjectionOptions> = {}, hook: Hook = () => Promise.resolve()) => {
    @Projection({ name, tables: [Tally], ...options })
    class Tallies {
      @On(Sold)
      async sold(event: RecordedEvent<Sold>, context: ProjectionContext): Promise<void> {
        const { product, quantity } = event.data;
        await context.manager.query(
          `INSERT INTO ${context.table(Tally)} AS known (product, sold) VALUES ($1, $2)
           ON CONFLICT (product) DO UPDATE SET sold = known.sold + excluded.sold`,
          [product, quantity],
        );
        await hook(event, context);
      }
    }
    return new Tallies();
  };
  const rows = () => house.dataSource.getRepository(Tally).find({ order: { product: 'ASC' } });
  const plant = () => house.dataSource.query(`INSERT INTO shelf.tally VALUES ('orphan', 99)`);

  it('removes a row that somebody planted, while the projection goes on', async () => {
    const projections = house.run([tallies()]);
    await sell('a', 2);
    await projections.reached(name, await sell('b'));
    await plant();
    const rebuilt = projections.rebuild(name);
    const during = await sell('a');
    expect(await rebuilt).toMatchObject({ state: 'switched', version: 1, replaces: 1 });
    await projections.reached(name, during);
    const after = await sell('c');
    await projections.reached(name, after);
    expect(await rows()).toEqual([
      { product: 'a', sold: 3 },
      { product: 'b', sold: 1 },
      { product: 'c', sold: 1 },
    ]);
    const progress = await projections.rebuilding(name);
    expect(progress?.done).toBe(progress?.total);
  });

  it('does not switch when it compares unequal, and says how the sides differ', async () => {
    const projections = house.run([tallies()]);
    await projections.reached(name, await sell('a'));
    await plant();
    const ended = await projections.rebuild(name, { compare: 'equal' });
    expect(ended.state).toBe('unequal');
    expect(ended.detail).toContain('(orphan,99)');
    expect((await rows()).map(({ product }) => product)).toEqual(['a', 'orphan']);
    await projections.reached(name, await sell('b'));
    await house.dataSource.query(`DELETE FROM shelf.tally WHERE product = 'orphan'`);
    expect((await projections.rebuild(name, { compare: 'equal' })).state).toBe('switched');
    expect((await rows()).map(({ product }) => product)).toEqual(['a', 'b']);
  });

  it('is compared in the projection\u2019s own way, if it has one', async () => {
    const verdicts = ['too few rows', undefined];
    const projection = Object.assign(tallies(), {
      compareRebuild: async ({ manager, live, rebuilt }: RebuildSides) => {
        const found: unknown = await manager.query(
          `SELECT (SELECT count(*) FROM ${live(Tally)}) - (SELECT count(*) FROM ${rebuilt(Tally)}) AS count`,
        );
        expect(found).toEqual([{ count: '1' }]);
        return verdicts.shift();
      },
    });
    const projections = house.run([projection]);
    await projections.reached(name, await sell('a'));
    await plant();
    expect(await projections.rebuild(name, { compare: 'own' })).toMatchObject({
      state: 'unequal',
      detail: 'too few rows',
    });
    expect((await projections.rebuild(name, { compare: 'own' })).state).toBe('switched');
  });

  it('can be switched back: the tables there were go on from where they were', async () => {
    const projections = house.run([tallies()]);
    await projections.reached(name, await sell('a'));
    await plant();
    await projections.rebuild(name);
    await projections.reached(name, await sell('b'));
    expect((await rows()).map(({ product }) => product)).toEqual(['a', 'b']);
    await projections.switchBack(name);
    await projections.reached(name, await sell('c'));
    expect((await rows()).map(({ product }) => product)).toEqual(['a', 'b', 'c', 'orphan']);
    await expect(projections.switchBack(name)).rejects.toMatchObject({ code: 'CQRS_REBUILD_REFUSED' });
  });

  it('lets a new version fill its tables beside the old one, take its place, and give it back', async () => {
    const one = house.run([tallies()]);
    await one.reached(name, await sell('a', 2));
    const effects: string[] = [];
    const doubled = tallies({ version: 2 }, async ({ data }, { manager, table, sideEffect }) => {
      await manager.query(`UPDATE ${table(Tally)} SET sold = sold + $2 WHERE product = $1`, [
        data.product,
        data.quantity,
      ]);
      await sideEffect(async () => effects.push(data.product));
    });
    const two = house.run([doubled]);
    await two.reached(name, await sell('b'));
    expect(await rows()).toEqual([
      { product: 'a', sold: 4 },
      { product: 'b', sold: 2 },
    ]);
    // What the old version had handled has no effects beside the tables again.
    expect(effects).not.toContain('a');
    await vi.waitFor(async () => expect((await one.status(name)).state).toBe('paused'), 5_000);
    expect((await one.status(name)).paused?.reason).toContain('version 2');
    await two.switchBack(name);
    await one.reached(name, await sell('c'));
    expect(await rows()).toEqual([
      { product: 'a', sold: 2 },
      { product: 'b', sold: 1 },
      { product: 'c', sold: 1 },
    ]);
    await vi.waitFor(async () => expect((await two.status(name)).state).toBe('paused'), 5_000);
  });

  it('keeps a new version from running whose filling failed: the old tables are the old version\u2019s', async () => {
    const one = house.run([tallies()]);
    await one.reached(name, await sell('a'));
    let poisonous = true;
    const two = house.run([
      tallies({ version: 2 }, () => (poisonous ? Promise.reject(new Error('poison')) : Promise.resolve())),
    ]);
    await vi.waitFor(async () => expect((await two.status(name)).state).toBe('failed'), 10_000);
    expect((await two.status(name)).lastError).toMatchObject({
      code: 'CQRS_REBUILD_REFUSED',
      message: expect.stringContaining('poison') as string,
    });
    await one.reached(name, await sell('b'));
    expect(await rows()).toEqual([
      { product: 'a', sold: 1 },
      { product: 'b', sold: 1 },
    ]);
    poisonous = false;
    two.start(name);
    await two.reached(name, await sell('c'), { timeoutMs: 20_000 });
    expect((await rows()).map(({ sold }) => sold)).toEqual([1, 1, 1]);
  });

  it('fails with the event it cannot handle, and leaves the tables there are alone', async () => {
    let poisonous = false;
    const projections = house.run([
      tallies({}, async () => {
        if (poisonous) throw new Error('poison');
      }),
    ]);
    await projections.reached(name, await sell('a'));
    await projections.stop();
    poisonous = true;
    const ended = await projections.rebuild(name);
    expect(ended.state).toBe('failed');
    expect(ended.detail).toContain('poison');
    expect(await rows()).toEqual([{ product: 'a', sold: 1 }]);
  });

  it('refuses a handler that writes to the tables there are', async () => {
    const projections = house.run([
      tallies({}, async ({ data }, { manager, isReplay }) => {
        if (isReplay) await manager.query('UPDATE shelf.tally SET sold = 0 WHERE product = $1', [data.product]);
      }),
    ]);
    await projections.reached(name, await sell('a'));
    const ended = await projections.rebuild(name);
    expect(ended).toMatchObject({ state: 'failed', detail: expect.stringContaining('context.table') as string });
    expect(await rows()).toEqual([{ product: 'a', sold: 1 }]);
  });

  it('keeps numbering rows, the grants on the table, and drops nothing that is in use', async () => {
    @Projection({ name, tables: [Numbered] })
    class Numbers {
      @On(Sold)
      async sold({ stream }: RecordedEvent<Sold>, { manager }: ProjectionContext): Promise<void> {
        await manager.insert(Numbered, { stream });
      }
    }
    await house.dataSource.query('GRANT SELECT ON numbered TO PUBLIC');
    const projections = house.run([new Numbers()]);
    await projections.reached(name, await sell('a'));
    for (let n = 0; n < 3; n += 1) expect((await projections.rebuild(name)).state).toBe('switched');
    await projections.reached(name, await sell('b'));
    const numbered = await house.dataSource.getRepository(Numbered).find({ order: { id: 'ASC' } });
    expect(numbered.map(({ stream }) => stream)).toEqual(['sale-a', 'sale-b']);
    const grants: unknown[] = await house.dataSource.query(
      `SELECT 1 FROM information_schema.table_privileges WHERE table_schema = 'public' AND table_name = 'numbered' AND grantee = 'PUBLIC'`,
    );
    expect(grants).toHaveLength(1);
    await projections.switchBack(name);
    await projections.reached(name, await sell('c'));
    expect(await house.dataSource.getRepository(Numbered).count()).toBe(3);
  });

  it('refuses tables that cannot be moved, naming what stands in the way', async () => {
    await house.dataSource.query('CREATE VIEW shelf.best AS SELECT * FROM shelf.tally WHERE sold > 10');
    await house.dataSource.query('CREATE TABLE shelf.note (product text REFERENCES shelf.tally)');
    const projections = house.run([tallies()]);
    const refused = projections.rebuild(name);
    await expect(refused).rejects.toMatchObject({ code: 'CQRS_REBUILD_REFUSED' });
    await expect(refused).rejects.toThrow(/foreign key.*view/s);
    expect(await projections.rebuilding(name)).toBeUndefined();
    const unknown = house.make([tallies({ tables: [] })]).rebuild(name);
    await expect(unknown).rejects.toMatchObject({ code: 'CQRS_REBUILD_REFUSED' });
  });

  it('is given up when somebody says so', async () => {
    let held: () => void = () => undefined;
    const hold = new Promise<void>((resolve) => (held = resolve));
    const projections = house.run([tallies({}, (_, { isReplay }) => (isReplay ? hold : Promise.resolve()))]);
    await projections.reached(name, await sell('a'));
    const rebuilt = projections.rebuild(name);
    await vi.waitFor(async () => expect((await projections.rebuilding(name))?.state).toBe('filling'));
    await projections.cancelRebuild(name, 'wrong day');
    held();
    expect(await rebuilt).toMatchObject({ state: 'cancelled', detail: 'wrong day' });
    expect(await rows()).toEqual([{ product: 'a', sold: 1 }]);
  });
});
