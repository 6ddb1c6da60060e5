import { newId } from '@annals/message';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BusUnderTest } from './bus-under-test.js';
import { eventually, failureOf, QUICK, Seen, sendAll, upTo } from './bus-under-test.js';

const failure = new Error('rolled back');

/** What every engine promises of records and events that are written in one unit of work. */
export function testUnits(engine: string, open: () => Promise<BusUnderTest>): void {
  describe(`units of work with the bus on ${engine}`, () => {
    let under: BusUnderTest;
    const bus = () => under.bus;
    beforeEach(async () => {
      under = await open();
      await under.bus.createTopic('orders', { partitions: 2 });
      await under.bus.createTopic('mails', { partitions: 1 });
    });
    afterEach(async () => {
      await under.stop();
    });
    const stored = async (topic: string) =>
      (await bus().describeTopic(topic)).partitions.reduce((sum, { end }) => sum + end, 0);
    const enrol = (stream: string, expected: 'any' | 'no-stream' = 'any'): void => {
      const record = { id: newId(), type: 'order-placed', version: 1, data: '{}', metadata: null, correlationId: null };
      under.unitOfWork.current()?.enrol([{ stream, expected, records: [{ ...record, tenant: null }] }]);
    };
    const events = async (stream: string) => (await under.log.readStream(stream, {}, 1_000, 'forwards')).length;

    it('publish if the unit commits, with its events, and wake those who read', async () => {
      const seen = new Seen();
      await bus().subscribe({ ...QUICK, group: 'g', topic: 'orders' }, seen.handle);
      await under.unitOfWork.run(async () => {
        expect(await bus().publish('orders', { key: 'k', value: 1 })).toMatchObject({ topic: 'orders', offset: -1 });
        enrol('order-1');
        await bus().publish('mails', { value: 'sent' });
        await bus().publish('orders', { key: 'k', value: 2 });
        expect(await stored('orders')).toBe(0);
      });
      await seen.atLeast(2);
      expect(seen.values).toEqual([1, 2]);
      expect([await stored('mails'), await events('order-1')]).toEqual([1, 1]);
    });

    it('publish nothing when the unit is rolled back, conflicts, or a savepoint of it is', async () => {
      const thrown = under.unitOfWork.run(async () => {
        await bus().publish('orders', { value: 'lost' });
        throw failure;
      });
      expect(await failureOf(thrown)).toBe(failure);
      await under.unitOfWork.run(async () => enrol('order-1'));
      const conflicting = under.unitOfWork.run(async () => {
        await bus().publish('orders', { value: 'lost' });
        enrol('order-1', 'no-stream');
      });
      expect(await failureOf(conflicting)).toMatchObject({ code: 'STORE_WRONG_EXPECTED_REVISION' });
      await under.unitOfWork.run(async () => {
        const inner = under.unitOfWork.run(async () => {
          await bus().publish('orders', { value: 'lost' });
          throw failure;
        });
        expect(await failureOf(inner)).toBe(failure);
        await bus().publish('mails', { value: 'kept' });
      });
      expect([await stored('orders'), await stored('mails')]).toEqual([0, 1]);
    });

    it('refuse a bad record at once, and the unit may go on', async () => {
      await under.unitOfWork.run(async () => {
        expect(await failureOf(bus().publish('nowhere', { value: 1 }))).toMatchObject({ code: 'BUS_UNKNOWN_TOPIC' });
        const bad = bus().publish('orders', { value: Number.NaN });
        expect(await failureOf(bad)).toMatchObject({ code: 'BUS_INVALID_RECORD' });
        await bus().publish('orders', { value: 1 });
      });
      expect(await stored('orders')).toBe(1);
    });

    it('hold what a handler appends, publishes and its cursor: once for each record, however often it was tried', async () => {
      await sendAll(bus(), 'orders', upTo(20), (value) => `k${String(value)}`);
      let failures = 3;
      const options = { ...QUICK, group: 'g', topic: 'orders', guarantee: 'effectively-once' } as const;
      await bus().subscribe(options, async ({ value }, { publish }) => {
        enrol(`order-${String(value)}`, 'no-stream');
        await publish('mails', { value });
        await bus().publish('mails', { value });
        if (Number(value) % 7 === 0 && failures-- > 0) throw failure;
      });
      const lag = async () =>
        (await bus().listGroups()).includes('g')
          ? (await bus().describeGroup('g')).positions.reduce((sum, position) => sum + position.lag, 0)
          : 1;
      await eventually(async () => (await lag()) === 0, 'the end');
      expect(await stored('mails')).toBe(40);
      for (const value of upTo(20)) expect(await events(`order-${value}`)).toBe(1);
    });
  });
}
