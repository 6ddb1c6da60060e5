import { DomainEvent } from '@annals/event-store';
import type { RecordedEvent } from '@annals/event-store';
import type { Checkpoint } from '@annals/log';
import { firstValueFrom, take, toArray } from 'rxjs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ExternalContext } from '../../projecting/external-target.js';
import { On, OnBatch } from '../../projecting/on.js';
import type { ProjectionContext } from '../../projecting/projection-context.js';
import { Projection } from '../../projecting/projection.js';
import type { ProjectionOptions } from '../../projecting/projection.js';
import type { ProjectionHouse } from '../../testing/projection-house.js';
import { openProjectionHouse } from '../../testing/projection-house.js';
import { Sale, Sold } from '../../testing/sales.js';

@DomainEvent('operating.mailed')
class Mailed {
  constructor(readonly stream: string) {}
}

describe('Operating projections', () => {
  let house: ProjectionHouse;
  let name = '';
  let counter = 0;
  beforeAll(async () => {
    house = await openProjectionHouse('operating_projections', [Sale]);
  });
  beforeEach(() => {
    name = `operated-${(counter += 1)}`;
  });
  afterEach(() => house.stopAll());
  afterAll(() => house.close());

  type Hook = (event: RecordedEvent<Sold>, context: ProjectionContext) => Promise<unknown>;
  const sales = (options: Partial<ProjectionOptions> = {}, hook: Hook = () => Promise.resolve()) => {
    const of = name;
    @Projection({ name, ...options })
    class Sales {
      @On(Sold)
      async sold(event: RecordedEvent<Sold>, context: ProjectionContext): Promise<void> {
        const { id, stream, revision } = event;
        await context.manager.insert(Sale, { projection: of, event: id, stream, revision });
        await hook(event, context);
      }
    }
    return new Sales();
  };
  const sell = async (stream = `${name}-1`): Promise<Checkpoint> => {
    const appended = await house.store.append(stream, 'any', [new Sold('book', 1)]);
    return appended.pending ? [] : appended.checkpoint;
  };
  const rows = () => house.dataSource.getRepository(Sale).find({ where: { projection: name }, order: { id: 'ASC' } });
  const ownRows = async () => (await rows()).filter(({ stream }) => stream.startsWith(`${name}-`));

  it('pauses one in every process, over a restart, and lets it go on where it was', async () => {
    const one = house.run([sales()]);
    await one.reached(name, await sell());
    await one.pause(name, 'the warehouse counts');
    await vi.waitFor(async () => expect((await one.status(name)).state).toBe('paused'), 5_000);
    const missed = await sell();
    await expect(one.reached(name, missed, { timeoutMs: 50 })).rejects.toMatchObject({
      code: 'CQRS_PROJECTION_NOT_REACHED',
      message: expect.stringContaining('the warehouse counts') as string,
    });
    await one.stop();
    const two = house.run([sales()]);
    await vi.waitFor(async () => expect((await two.status(name)).state).toBe('paused'), 5_000);
    expect((await two.status(name)).paused?.reason).toBe('the warehouse counts');
    expect(await ownRows()).toHaveLength(1);
    await two.resume(name);
    await two.reached(name, missed);
    expect(await ownRows()).toHaveLength(2);
  });

  it('names the reason, within its limit, when a projection that is stopped is waited for', async () => {
    const projections = house.make([sales()]);
    await expect(projections.reached(name, await sell(), { timeoutMs: 100 })).rejects.toMatchObject({
      code: 'CQRS_PROJECTION_NOT_REACHED',
      message: expect.stringContaining('stopped in this process') as string,
    });
  });

  it('resets one: its own tables are empty, and every event is handled again, as a replay', async () => {
    const replayed: boolean[] = [];
    const projection = sales({ tables: [Sale] }, async (_, { isReplay }) => void replayed.push(isReplay));
    const projections = house.run([projection]);
    await projections.reached(name, await sell());
    const before = await rows();
    expect(new Set(replayed)).toEqual(new Set([false]));
    await projections.reset(name);
    const last = await sell();
    await projections.reached(name, last);
    expect((await rows()).map(({ event }) => event)).toHaveLength(before.length + 1);
    expect(replayed.slice(before.length)).toEqual([...before.map(() => true), false]);
  });

  it('refuses to reset one that has not said which tables are its own', async () => {
    await expect(house.run([sales()]).reset(name)).rejects.toMatchObject({ code: 'CQRS_INVALID_PROJECTION' });
  });

  it('replays one from a checkpoint, after what the caller mends', async () => {
    const projections = house.run([sales()]);
    const first = await sell();
    const second = await sell();
    await projections.reached(name, second);
    const after = (await house.store.head()).map((offset, partition) =>
      first[partition] === 0 ? offset : (first[partition] ?? 0),
    );
    await projections.replayFrom(name, after, async (manager) => {
      await manager.delete(Sale, { projection: name, revision: 2 });
    });
    await projections.reached(name, await sell());
    expect((await ownRows()).map(({ revision }) => revision)).toEqual([1, 2, 3]);
  });

  it('has side effects happen once, with the rows, and never on a replay', async () => {
    const mails = async () => {
      const found: string[] = [];
      for await (const { data } of house.store.read(`mails-${name}`)) found.push((data as Mailed).stream);
      return found;
    };
    let failures = 1;
    const projection = sales({ tables: [Sale] }, async ({ stream }, { sideEffect }) => {
      if (!stream.startsWith(`${name}-`)) return;
      await sideEffect(() => house.store.append(`mails-${name}`, 'any', [new Mailed(stream)]));
      if (failures-- > 0) throw new Error('after the side effect');
    });
    const projections = house.run([projection]);
    await projections.reached(name, await sell());
    expect(await mails()).toEqual([`${name}-1`]);
    await projections.reset(name);
    await projections.reached(name, await sell(`${name}-2`));
    expect(await mails()).toEqual([`${name}-1`, `${name}-2`]);
    expect(await ownRows()).toHaveLength(2);
  });

  it('hands the events of an external one to its target, which says where to go on', async () => {
    const held: { events: string[]; checkpoint: Checkpoint } = { events: [], checkpoint: await house.store.head() };
    const of = name;
    @Projection({ name, mode: 'external' })
    class Index {
      @OnBatch(Sold)
      sold(events: readonly RecordedEvent<Sold>[], context: ProjectionContext): void {
        held.events.push(...events.map(({ stream }) => stream).filter((stream) => stream.startsWith(of)));
        held.checkpoint = (context as unknown as ExternalContext).to;
      }
      checkpoint(): Promise<Checkpoint> {
        return Promise.resolve(held.checkpoint);
      }
    }
    const projections = house.run([new Index()]);
    await projections.reached(name, await sell());
    const kept = { events: [...held.events], checkpoint: held.checkpoint };
    await projections.reached(name, await sell(`${name}-2`));
    await projections.stop();
    // The target lost its last step, as from a backup: it is done again.
    Object.assign(held, kept);
    const again = house.run([new Index()]);
    await again.reached(name, await sell(`${name}-3`));
    expect(held.events).toEqual([`${name}-1`, `${name}-2`, `${name}-3`]);
  });

  it('shares the lanes of one among processes, each event once, and moves them when one stops', async () => {
    const [one, two] = [house.make([sales({ lanes: 8 })]), house.make([sales({ lanes: 8 })])];
    one.start();
    two.start();
    const streams = Array.from({ length: 40 }, (_, index) => `${name}-${index}`);
    for (const stream of streams) await sell(stream);
    await two.reached(name, await house.store.head());
    await one.stop();
    for (const stream of streams) await sell(stream);
    await two.reached(name, await house.store.head());
    const found = await ownRows();
    expect(found).toHaveLength(80);
    for (const stream of streams) {
      expect(found.filter((row) => row.stream === stream).map(({ revision }) => revision)).toEqual([1, 2]);
    }
  });

  it('refuses the transaction of a lane whose owner was succeeded under another number of lanes', async () => {
    const { storage } = house;
    const lane = (index: number, count: number) => ({ name, version: 1, index, count });
    const total = (await house.store.head()).length;
    const seize = async (index: number, count: number) => {
      const ownership = await storage.acquire(lane(index, count), 'holder', 60_000);
      const seized = ownership && (await storage.seize(ownership, total));
      if (seized === undefined || 'reason' in seized) throw new Error('not seized');
      return seized;
    };
    const old = await seize(0, 1);
    const young = await seize(1, 2);
    const step = (partition: number) => {
      const from = new Array<number>(total).fill(0);
      return { from, to: from.map((_, at) => (at === partition ? 1 : 0)), work: undefined };
    };
    await expect(storage.advance(old, step(1))).rejects.toMatchObject({ code: 'CQRS_PROJECTION_SUPERSEDED' });
    await storage.advance(young, step(1));
    await storage.advance(old, step(0));
    expect((await storage.describe({ name, version: 1 })).checkpoint.slice(0, 2)).toEqual([1, 1]);
  });

  it('tells live queries whenever rows may have changed, also when another process runs it', async () => {
    const owner = house.run([sales()]);
    await owner.reached(name, await sell());
    const onlooker = house.make([sales()], { pollMs: 20 });
    const seen = firstValueFrom(onlooker.changes$(name).pipe(take(2), toArray()));
    const last = await sell();
    const checkpoints = await seen;
    expect(checkpoints).toHaveLength(2);
    await owner.reached(name, last);
  });

  it('says which transaction of which process keeps one waiting', async () => {
    const projections = house.run([
      sales({}, async (_, { manager }) => {
        await manager.query('LOCK TABLE sale IN EXCLUSIVE MODE');
      }),
    ]);
    await projections.reached(name, await sell());
    let free: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (free = resolve));
    let pid = 0;
    const blocker = house.storage.database.transaction(async (connection) => {
      await connection.query({ name: '', text: 'LOCK TABLE sale IN EXCLUSIVE MODE' });
      pid = (await connection.query<[number]>({ name: '', text: 'SELECT pg_backend_pid()' }))[0]?.[0] ?? 0;
      await held;
    });
    await vi.waitFor(() => expect(pid).toBeGreaterThan(0));
    const blocked = await sell();
    const onlooker = house.make([sales()]);
    const diagnosis = await vi.waitFor(async () => {
      const found = await onlooker.diagnose(name);
      expect(found.running[0]?.blockedBy).toHaveLength(1);
      return found;
    }, 10_000);
    expect(diagnosis.running[0]).toMatchObject({
      waitsFor: 'Lock',
      blockedBy: [{ pid, state: 'idle in transaction' }],
    });
    expect(diagnosis.reasons.join()).toContain(`pid ${pid}`);
    expect((await projections.diagnose(name)).inHand).toMatchObject({ type: 'sales.sold', stream: `${name}-1` });
    await expect(projections.reached(name, blocked, { timeoutMs: 20 })).rejects.toThrow(`pid ${pid}`);
    free();
    await blocker;
    await projections.reached(name, blocked);
    expect((await projections.status(name)).eventsPerSecond).toBeGreaterThan(0);
  });

  it('refuses what a projection without a cursor cannot do', async () => {
    const projections = house.make([sales({ mode: 'inline' })]);
    await expect(projections.pause(name)).rejects.toMatchObject({ code: 'CQRS_INVALID_PROJECTION' });
    await expect(projections.pause('unknown')).rejects.toMatchObject({ code: 'CQRS_UNKNOWN_PROJECTION' });
  });
});
