import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BusUnderTest } from './bus-under-test.js';
import { committed, eventually, QUICK, Seen, upTo } from './bus-under-test.js';

/** What every engine promises of keys that are set aside. */
export function testParking(engine: string, open: () => Promise<BusUnderTest>): void {
  describe(`parking on ${engine}`, () => {
    let under: BusUnderTest;
    const bus = () => under.bus;
    beforeEach(async () => {
      under = await open();
      await under.bus.createTopic('orders', { partitions: 1 });
    });
    afterEach(async () => {
      await under.stop();
    });
    const topic = { ...QUICK, group: 'g', topic: 'orders' } as const;

    for (const guarantee of ['at-least-once', 'effectively-once'] as const) {
      it(`parks a key that fails, with all that follows under it; others go on, and it comes back in order (${guarantee})`, async () => {
        let broken = true;
        const seen = new Seen();
        const options = { ...topic, guarantee, attempts: 2, onFailure: 'park' } as const;
        const subscription = await bus().subscribe(options, (record) => {
          if (record.key === 'bad' && broken) throw new Error('poison');
          seen.handle(record);
        });
        const sent = upTo(12).map((value) => ({ key: value % 3 === 0 ? 'bad' : `good${value % 3}`, value }));
        await Promise.all(sent.map((record) => bus().publish('orders', record)));
        await committed(bus(), 'g', 12);
        const good = sent.filter(({ key }) => key !== 'bad').map(({ value }) => value);
        // What is rolled back with a failure is handled again.
        const handled = [...new Set(seen.values)].sort((a, b) => Number(a) - Number(b));
        expect(handled).toEqual(good);
        const parked = await bus().listParked('g');
        expect(parked.map(({ topic, key, failure }) => [topic, key, failure])).toEqual([
          ['orders', 'bad', 'poison'],
          ...upTo(3).map(() => ['orders', 'bad', null]),
        ]);

        // Another member of the group knows what is parked.
        await subscription.stop();
        const heir = new Seen();
        await bus().subscribe(options, (record) => {
          if (record.key === 'bad' && broken) throw new Error('poison again');
          heir.handle(record);
        });
        await bus().publish('orders', { key: 'bad', value: 12 });
        await committed(bus(), 'g', 13);
        expect(await bus().resumeParked('g', 'bad')).toBe(5);
        await eventually(async () => (await bus().listParked('g'))[0]?.failure === 'poison again', 'the new failure');
        expect(heir.values).toEqual([]);
        broken = false;
        expect(await bus().resumeParked('g')).toBe(5);
        await heir.atLeast(5);
        expect(heir.values).toEqual([0, 3, 6, 9, 12]);
        await eventually(async () => (await bus().listParked('g')).length === 0, 'the empty list');
        await bus().publish('orders', { key: 'bad', value: 13 });
        await heir.atLeast(6);
        expect(heir.values.at(-1)).toBe(13);
      });
    }

    it('parks records without a key alone', async () => {
      const seen = new Seen();
      await bus().subscribe({ ...topic, attempts: 1, onFailure: 'park' }, (record) => {
        if (record.value === 1) throw new Error('poison');
        seen.handle(record);
      });
      for (const value of upTo(4)) await bus().publish('orders', { value });
      await committed(bus(), 'g', 4);
      expect(seen.values).toEqual([0, 2, 3]);
      expect(await bus().listParked('g')).toMatchObject([{ key: null, offset: 1, failure: 'poison' }]);
    });
  });
}
