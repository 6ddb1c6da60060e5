import { DomainEvent } from '@annals/event-store';
import type { NewEvent, RecordedEvent } from '@annals/event-store';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Fold } from '../../projecting/fold.js';
import { On, OnBatch } from '../../projecting/on.js';
import type { ProjectionContext } from '../../projecting/projection-context.js';
import { Projection } from '../../projecting/projection.js';
import { Balance, balances, Closed, Transferred } from '../../testing/ledger.js';
import type { ProjectionHouse } from '../../testing/projection-house.js';
import { openProjectionHouse } from '../../testing/projection-house.js';
import { Sale, Sold } from '../../testing/sales.js';

@DomainEvent('row-projections.never')
class Never {}

describe('Projections with rows', () => {
  let house: ProjectionHouse;
  let counter = 0;
  const fresh = (): string => `ledger-${(counter += 1)}`;
  beforeAll(async () => {
    house = await openProjectionHouse('row_projections', [Balance, Sale]);
  });
  afterEach(() => house.stopAll());
  afterAll(() => house.close());

  const append = async (stream: string, ...events: readonly NewEvent[]) => {
    const appended = await house.store.append(stream, 'any', events);
    if (appended.pending) throw new Error('in no unit');
    return appended.checkpoint;
  };
  const stored = (ledger: string): Promise<Balance[]> =>
    house.dataSource.getRepository(Balance).find({ where: { ledger }, order: { account: 'ASC' } });
  const byAccount = (rows: readonly Balance[]): Balance[] =>
    [...rows].sort((one, other) => (one.account < other.account ? -1 : 1));

  it('change several rows for one event, and remove one that a fold makes nothing of', async () => {
    const ledger = fresh();
    const projections = house.run([balances(ledger)]);
    await append('transfer-1', new Transferred('a', 'b', 5), new Transferred('b', 'c', 2));
    await append('transfer-2', new Transferred('a', 'c', 1.5));
    await append('transfer-3', new Closed('a'), new Closed('nobody'));
    const last = await append('transfer-1', new Transferred('c', 'b', 3.5), new Closed('c'));
    await projections.reached(ledger, last);
    expect(
      (await stored(ledger)).map(({ account, amount, moves, partners }) => [account, amount, moves, partners]),
    ).toEqual([
      ['a', '-6.5', 2, ['b', 'c']],
      ['b', '6.5', 3, ['a', 'c']],
    ]);
    const [a] = await stored(ledger);
    expect(a).toMatchObject({ inDebt: true, last: { stream: 'transfer-2', revision: 1 } });
    expect(a?.closedAt).toEqual(new Date('2011-12-09T12:50:00Z'));
  });

  it('come to the same content inline, async in one lane, async in four, and live, for random histories', async () => {
    const account = fc.constantFrom('a', 'b', 'c', 'd');
    const event = fc.oneof(
      { weight: 5, arbitrary: fc.tuple(account, account, fc.integer({ min: 1, max: 99 })) },
      { weight: 1, arbitrary: account },
    );
    // One stream a history: what lanes keep is the order within a stream.
    const history = fc.array(fc.array(event, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(history, async (commits) => {
        const name = fresh();
        const [inline, one, four] = [`${name}-inline`, `${name}-one`, `${name}-four`];
        const projections = house.make(
          [
            balances(inline, { mode: 'inline' }),
            balances(one),
            balances(four, { lanes: 4 }),
            balances(`${name}-live`, { mode: 'live' }),
          ],
          { batchSize: 3 },
        );
        const since = await house.store.head();
        for (const behind of [one, four]) await projections.replayFrom(behind, since);
        projections.start();
        let last = since;
        for (const commit of commits) {
          const events = commit.map((each) =>
            typeof each === 'string' ? new Closed(each) : new Transferred(each[0], each[1], each[2]),
          );
          last = await append(`history-${name}`, ...events);
        }
        const rows = async (ledger: string) =>
          (await stored(ledger)).map((row) => Object.assign(new Balance(), row, { ledger: '' }));
        const inlineRows = await rows(inline);
        await projections.reached(one, last);
        await projections.reached(four, last);
        expect(await rows(one)).toEqual(inlineRows);
        expect(await rows(four)).toEqual(inlineRows);
        const live = await projections.fold<Balance>(`${name}-live`, { stream: `history-${name}` });
        expect(byAccount(live.all()).map((row) => Object.assign(new Balance(), row, { ledger: '' }))).toEqual(
          inlineRows,
        );
        await projections.stop();
      }),
      { numRuns: 15 },
    );
  });

  it('are as they were at a revision, at a checkpoint and at a time, when they are asked for', async () => {
    const ledger = fresh();
    const stream = `past-${ledger}`;
    const projections = house.make([balances(ledger, { mode: 'live' })]);
    const first = await append(stream, new Transferred('a', 'b', 1));
    await append(stream, new Transferred('a', 'b', 10));
    const amountOf = async (options: Parameters<typeof projections.fold>[1]) =>
      (await projections.fold<Balance>(ledger, { stream, ...options })).get({ account: 'b', ledger })?.amount;
    expect(await amountOf({})).toBe('11');
    expect(await amountOf({ upTo: first })).toBe('1');
    expect(await amountOf({ upTo: await house.store.toToken(first) })).toBe('1');
    const recorded: RecordedEvent[] = [];
    for await (const event of house.store.read(stream)) recorded.push(event as RecordedEvent);
    expect(await amountOf({ at: recorded[0]?.recordedAt as Date })).toMatch(/^1$|^11$/);
    expect(await amountOf({ at: new Date(0) })).toBeUndefined();
  });

  it('of an inline projection go with the append: both are there, or neither', async () => {
    const ledger = fresh();
    house.make([balances(ledger, { mode: 'inline' })]);
    const failed = house.unitOfWork.run(async () => {
      await house.store.append(`inline-${ledger}`, 'any', [new Transferred('a', 'b', 1)]);
      throw new Error('rolled back');
    });
    await expect(failed).rejects.toThrow('rolled back');
    expect(await stored(ledger)).toEqual([]);
    await append(`inline-${ledger}`, new Transferred('a', 'b', 1));
    expect(await stored(ledger)).toHaveLength(2);
    expect((await house.make([balances(`${ledger}-x`, { mode: 'inline' })]).status(`${ledger}-x`)).mode).toBe('inline');
  });

  it('of an inline projection survive many who change the same rows at once', async () => {
    const ledger = fresh();
    house.make([balances(ledger, { mode: 'inline' })]);
    const transfers = Array.from({ length: 40 }, (_, index) =>
      append(`crowd-${ledger}-${index}`, index % 2 === 0 ? new Transferred('a', 'b', 1) : new Transferred('b', 'a', 1)),
    );
    await Promise.all(transfers);
    expect((await stored(ledger)).map(({ amount, moves }) => [amount, moves])).toEqual([
      ['0', 40],
      ['0', 40],
    ]);
  });

  it('are given to batch handlers as many events at a time as come in a row', async () => {
    const name = fresh();
    const sizes: number[] = [];
    @Projection({ name })
    class Batched {
      @OnBatch(Sold)
      async sold(events: readonly RecordedEvent<Sold>[], { manager, table }: ProjectionContext): Promise<void> {
        sizes.push(events.length);
        await manager.query(
          `INSERT INTO ${table(Sale)} (projection, event, stream, revision)
           SELECT $1, event, stream, revision FROM unnest($2::text[], $3::text[], $4::int[]) s (event, stream, revision)`,
          [
            name,
            events.map(({ id }) => id),
            events.map(({ stream }) => stream),
            events.map(({ revision }) => revision),
          ],
        );
      }
      @On(Never)
      never(): void {
        sizes.push(-1);
      }
    }
    const many = Array.from({ length: 30 }, () => new Sold('book', 1));
    const since = await house.store.head();
    const last = await append(`batch-${name}`, ...many, new Never(), new Sold('book', 2));
    const projections = house.make([new Batched()]);
    await projections.replayFrom(name, since);
    projections.start();
    await projections.reached(name, last);
    expect(sizes).toEqual([30, -1, 1]);
    expect(await house.dataSource.getRepository(Sale).countBy({ projection: name })).toBe(31);
  });

  it('are refused when what the class declares does not go together', () => {
    const declare = (options: Parameters<typeof Projection>[0], decorate: (prototype: object) => void) => {
      class Declared {
        method(): undefined {
          return undefined;
        }
      }
      decorate(Declared.prototype);
      Projection(options)(Declared);
      return new Declared();
    };
    const descriptor = { value: () => undefined } as TypedPropertyDescriptor<() => undefined>;
    const fold = (prototype: object) => Fold(Sold)(prototype, 'method', descriptor);
    const on = (prototype: object) => On(Sold)(prototype, 'method', descriptor as never);
    const wrong = [
      declare({ name: 'p' }, fold),
      declare({ name: 'p', rows: Balance }, on),
      declare({ name: 'p', mode: 'live' }, on),
      declare({ name: 'p', mode: 'external' }, on),
      declare({ name: 'p', rows: Balance }, (prototype) => {
        fold(prototype);
        on(prototype);
      }),
      declare({ name: 'p', mode: 'inline', onFailure: 'park' }, on),
    ];
    for (const instance of wrong) {
      expect(() => house.make([instance])).toThrow(expect.objectContaining({ code: 'CQRS_INVALID_PROJECTION' }));
    }
    expect(() => Projection({ name: 'p', lanes: 0 })).toThrow(
      expect.objectContaining({ code: 'CQRS_INVALID_PROJECTION' }),
    );
  });
});
