import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BusUnderTest } from './bus-under-test.js';
import { committed, eventually, failureOf, QUICK, Seen, sendAll, upTo } from './bus-under-test.js';

/** What groups promise on every engine. */
export function testGroups(engine: string, open: () => Promise<BusUnderTest>): void {
  describe(`groups on ${engine}`, () => {
    let under: BusUnderTest;
    const bus = () => under.bus;
    beforeEach(async () => {
      under = await open();
      await under.bus.createTopic('orders', { partitions: 4 });
    });
    afterEach(async () => {
      await under.stop();
    });
    const key = (value: unknown) => `k${String(value)}`;

    it('lets a new group read what was sent before it, and each group all of it', async () => {
      await sendAll(bus(), 'orders', upTo(20), key);
      const groups = upTo(3).map((group) => ({ name: `g${group}`, seen: new Seen() }));
      for (const { name, seen } of groups)
        await bus().subscribe({ ...QUICK, group: name, topic: 'orders' }, seen.handle);
      for (const { name, seen } of groups) {
        await seen.atLeast(20);
        expect(new Set(seen.values)).toEqual(new Set(upTo(20)));
        await committed(bus(), name, 20);
      }
    });

    it('has each record handled by one of three competing members', async () => {
      const members = await Promise.all(
        upTo(3).map(async () => {
          const seen = new Seen();
          const other = await under.other();
          return { seen, subscription: await other.subscribe({ ...QUICK, group: 'g', topic: 'orders' }, seen.handle) };
        }),
      );
      await eventually(() => {
        const counts = members.map(({ subscription }) => subscription.assignment.length).sort();
        return counts.join() === '1,1,2';
      }, 'the assignment');
      await sendAll(bus(), 'orders', upTo(200), key);
      await eventually(() => members.reduce((sum, { seen }) => sum + seen.records.length, 0) >= 200, 'all records');
      await committed(bus(), 'g', 200);
      expect(members.flatMap(({ seen }) => seen.values).sort((a, b) => Number(a) - Number(b))).toEqual(upTo(200));
      for (const { seen } of members) expect(seen.records.length).toBeGreaterThan(0);
    });

    it('goes on where it stood, also in another process', async () => {
      const first = new Seen();
      const subscription = await bus().subscribe({ ...QUICK, group: 'g', topic: 'orders' }, first.handle);
      await sendAll(bus(), 'orders', upTo(10), key);
      await first.atLeast(10);
      await subscription.stop();
      await sendAll(bus(), 'orders', [10, 11], key);
      const second = new Seen();
      const other = await under.other();
      await other.subscribe({ ...QUICK, group: 'g', topic: 'orders' }, second.handle);
      await second.atLeast(2);
      await committed(bus(), 'g', 12);
      expect(second.values.sort((a, b) => Number(a) - Number(b))).toEqual([10, 11]);
    });

    it('moves only the partitions that have to move, and gives those of a leaver away at once', async () => {
      const subscribe = async () =>
        (await under.other()).subscribe({ ...QUICK, group: 'g', topic: 'orders' }, () => undefined);
      const one = await subscribe();
      await eventually(() => one.assignment.length === 4);
      const generations = new Map(one.assignment.map(({ partition, generation }) => [partition, generation]));
      const two = await subscribe();
      await eventually(() => one.assignment.length === 2 && two.assignment.length === 2, 'an even deal');
      for (const { partition, generation } of one.assignment) expect(generation).toBe(generations.get(partition));
      for (const { partition, generation } of two.assignment) {
        expect(generation).toBe((generations.get(partition) ?? 0) + 1);
      }
      await two.stop();
      await eventually(() => one.assignment.length === 4, 'the leaver’s partitions');
    });

    it('shows members, lag and positions, and refuses to touch a group that has members', async () => {
      await sendAll(bus(), 'orders', upTo(8), key);
      const subscription = await bus().subscribe(
        { ...QUICK, group: 'g', topic: 'orders', instanceId: 'i1' },
        () => undefined,
      );
      await committed(bus(), 'g', 8);
      const { members, positions } = await bus().describeGroup('g');
      expect(members).toMatchObject([{ instanceId: 'i1', topics: ['orders'] }]);
      expect(positions.map(({ lag }) => lag)).toEqual([0, 0, 0, 0]);
      expect(await failureOf(bus().deleteGroup('g'))).toMatchObject({ code: 'BUS_GROUP_NOT_EMPTY' });
      expect(await failureOf(bus().setOffsets('g', 'orders', { 0: 0 }))).toMatchObject({ code: 'BUS_GROUP_NOT_EMPTY' });
      await subscription.stop();
      await sendAll(bus(), 'orders', upTo(4), key);
      const behind = (await bus().describeGroup('g')).positions.reduce((sum, { lag }) => sum + lag, 0);
      expect(behind).toBe(4);
    });

    it('keeps the partitions of a static member over its restart, and fences the one it replaces', async () => {
      const subscribe = async (instanceId: string) =>
        (await under.other()).subscribe(
          { ...QUICK, sessionMs: 10_000, group: 'g', topic: 'orders', instanceId },
          () => undefined,
        );
      const a = await subscribe('a');
      const b = await subscribe('b');
      await eventually(() => a.assignment.length === 2 && b.assignment.length === 2);
      const { epoch } = await bus().describeGroup('g');
      const had = a.assignment.map(({ partition }) => partition);
      await a.stop();
      const again = await subscribe('a');
      await eventually(() => again.assignment.length === 2);
      expect(again.assignment.map(({ partition }) => partition)).toEqual(had);
      const twin = await subscribe('a');
      await eventually(() => again.failure !== undefined && twin.assignment.length === 2);
      expect(again.failure).toMatchObject({ code: 'BUS_FENCED_INSTANCE' });
      expect(again.assignment).toEqual([]);
      expect((await bus().describeGroup('g')).epoch).toBe(epoch);
      expect(b.assignment).toHaveLength(2);
    });

    it('forgets a member that is silent for its session, and refuses what it still does', async () => {
      const { groups } = bus().engine;
      const { id } = await bus().describeTopic('orders');
      const beat = (memberId: string, joins: boolean, sessionMs = 60_000) =>
        groups.beat({
          group: 'g',
          memberId,
          instanceId: null,
          topics: ['orders'],
          assignor: 'range',
          sessionMs,
          joins,
          released: [],
        });
      const zombie = await beat('zombie', true, 1);
      expect(zombie.owned).toHaveLength(4);
      await eventually(async () => (await beat('heir', true)).owned.length === 4, 'the takeover');
      const member = { group: 'g', memberId: 'zombie', sessionMs: 1 };
      const [first] = zombie.owned;
      const move = { topicId: id, partition: 0, generation: first!.generation, offset: 0 };
      expect(await groups.commit(member, [move], true)).toHaveLength(1);
      const late = groups.transaction(member, { ...move, title: 'orders/0', from: null }, async () => undefined);
      expect(await failureOf(late)).toMatchObject({ code: 'BUS_STALE_GENERATION' });
      expect(await failureOf(beat('zombie', false))).toMatchObject({ code: 'BUS_UNKNOWN_MEMBER' });
    });

    it('refuses subscriptions that cannot be, and starts nothing', async () => {
      const bad: [object, string][] = [
        [{ group: '', topic: 'orders' }, 'BUS_INVALID_SUBSCRIPTION'],
        [{ group: 'g', topic: [] }, 'BUS_INVALID_SUBSCRIPTION'],
        [{ group: 'g', topic: 'orders', guarantee: 'exactly-once' }, 'BUS_INVALID_SUBSCRIPTION'],
        [{ group: 'g', topic: 'orders', heartbeatMs: 5_000, sessionMs: 8_000 }, 'BUS_INVALID_SUBSCRIPTION'],
        [{ group: 'g', topic: 'orders', deadLetter: 'orders' }, 'BUS_INVALID_SUBSCRIPTION'],
        [{ group: 'g', topic: 'orders', onFailure: 'dead-letter' }, 'BUS_INVALID_SUBSCRIPTION'],
        [{ group: 'g', topic: 'orders', commit: 'manual', guarantee: 'effectively-once' }, 'BUS_INVALID_SUBSCRIPTION'],
        [{ group: 'g', topic: 'orders', guarantee: 'at-most-once', onFailure: 'park' }, 'BUS_INVALID_SUBSCRIPTION'],
        [{ group: 'g', topic: 'nowhere' }, 'BUS_UNKNOWN_TOPIC'],
        [{ group: 'g', topic: 'orders', deadLetter: 'nowhere' }, 'BUS_UNKNOWN_TOPIC'],
      ];
      for (const [options, code] of bad) {
        expect(await failureOf(bus().subscribe(options as never, () => undefined))).toMatchObject({ code });
      }
      expect(await bus().listGroups()).toEqual([]);
    });
  });
}
