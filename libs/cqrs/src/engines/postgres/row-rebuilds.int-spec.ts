import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Balance, balances, Transferred } from '../../testing/ledger.js';
import type { ProjectionHouse } from '../../testing/projection-house.js';
import { openProjectionHouse } from '../../testing/projection-house.js';

describe('A rebuild of rows', () => {
  let house: ProjectionHouse;
  let counter = 0;
  beforeEach(async () => {
    house = await openProjectionHouse(`row_rebuilds_${(counter += 1)}`, [Balance]);
  }, 60_000);
  afterEach(() => house.close());

  it('uses all lanes, each partition once, and comes to the same rows as one lane', async () => {
    const ledger = `ledger-${counter}`;
    const projections = house.run([balances(ledger, { lanes: 4 })], { batchSize: 5 });
    for (let n = 0; n < 60; n += 1)
      await house.store.append(`transfer-${n % 10}`, 'any', [new Transferred(`a${n % 7}`, `b${n % 3}`, n)]);
    await projections.reached(ledger, await house.store.head());
    const stored = () => house.dataSource.getRepository(Balance).find({ order: { account: 'ASC' } });
    const amounts = async () => (await stored()).map(({ account, amount, moves }) => [account, amount, moves]);
    const before = await amounts();
    expect((await projections.rebuild(ledger)).state).toBe('switched');
    expect(await amounts()).toEqual(before);
  });

  it('of an inline projection loses nothing that is appended meanwhile', async () => {
    const ledger = `ledger-${counter}`;
    const projections = house.run([balances(ledger, { mode: 'inline' })]);
    let going = true;
    let appended = 0;
    const writers = Array.from({ length: 4 }, async (_, writer) => {
      while (going) {
        await house.store.append(`inline-${writer}`, 'any', [new Transferred('a', 'b', 1)]);
        appended += 1;
      }
    });
    await vi.waitFor(() => expect(appended).toBeGreaterThan(20));
    const states = [
      (await projections.rebuild(ledger)).state,
      (await projections.rebuild(ledger, { compare: 'equal' })).state,
    ];
    going = false;
    await Promise.all(writers);
    expect(states).toEqual(['switched', 'switched']);
    const [, b] = await house.dataSource.getRepository(Balance).find({ order: { account: 'ASC' } });
    expect(b).toMatchObject({ amount: String(appended), moves: appended });
  });
});
