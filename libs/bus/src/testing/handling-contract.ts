import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEAD_LETTER_HEADERS } from '../handling/dead-letter.js';
import { observe } from '../handling/observe.js';
import type { ObservedRecord } from '../handling/observe.js';
import type { BusUnderTest } from './bus-under-test.js';
import { eventually, QUICK, Seen, sendAll, upTo } from './bus-under-test.js';

/** What the handling of records promises on every engine. */
export function testHandling(engine: string, open: () => Promise<BusUnderTest>): void {
  describe(`handling on ${engine}`, () => {
    let under: BusUnderTest;
    const bus = () => under.bus;
    beforeEach(async () => {
      under = await open();
      await under.bus.createTopic('orders', { partitions: 1 });
      await under.bus.createTopic('dead', { partitions: 1 });
      await under.bus.createTopic('out', { partitions: 1 });
    });
    afterEach(async () => {
      await under.stop();
    });
    // A group is there from its first member's first beat on.
    const offset = async (group = 'g') =>
      (await bus().listGroups()).includes(group)
        ? ((await bus().describeGroup(group)).positions[0]?.offset ?? null)
        : null;
    const committed = (wanted: number) => eventually(async () => (await offset()) === wanted, `a commit of ${wanted}`);
    const topic = { ...QUICK, group: 'g', topic: 'orders' } as const;

    for (const guarantee of ['at-least-once', 'effectively-once'] as const) {
      it(`tries a record again until it succeeds, and keeps the order (${guarantee})`, async () => {
        await sendAll(bus(), 'orders', upTo(6));
        const seen = new Seen();
        const tried: [value: unknown, attempt: number][] = [];
        await bus().subscribe({ ...topic, guarantee }, (record, { attempt }) => {
          tried.push([record.value, attempt]);
          if (record.value === 3 && attempt < 3) throw new Error('not yet');
          seen.handle(record);
        });
        await committed(6);
        expect(tried.filter(([value]) => value === 3).map(([, attempt]) => attempt)).toContain(3);
        const last = [...new Map(seen.values.map((value, index) => [value, index]))].sort(([, a], [, b]) => a - b);
        expect(last.map(([value]) => value)).toEqual(upTo(6));
      });

      it(`stops a partition at a record that fails for good, says so, and goes on when told (${guarantee})`, async () => {
        await sendAll(bus(), 'orders', upTo(6));
        const errors: string[] = [];
        let broken = true;
        const options = {
          ...topic,
          guarantee,
          attempts: 2,
          onError: (_: unknown, where: string) => errors.push(where),
        };
        const subscription = await bus().subscribe(options, ({ value }) => {
          if (value === 3 && broken) throw new Error('poison');
        });
        await eventually(() => subscription.assignment[0]?.state === 'blocked', 'the block');
        expect(errors).toEqual(['orders/0@3', 'orders/0@3']);
        await committed(3);
        const { positions } = await bus().describeGroup('g');
        expect(positions[0]).toMatchObject({ lag: 3, failure: { message: 'poison' } });
        broken = false;
        subscription.retry();
        await committed(6);
        expect((await bus().describeGroup('g')).positions[0]?.failure).toBeNull();
      });

      it(`sends a record that fails for good to the dead letters, with the reason, and goes on (${guarantee})`, async () => {
        await sendAll(bus(), 'orders', upTo(4));
        const seen = new Seen();
        const letters = new Seen();
        await bus().subscribe({ ...topic, guarantee, attempts: 2, deadLetter: 'dead' }, (record) => {
          if (record.value === 2) throw new TypeError('poison');
          seen.handle(record);
        });
        await bus().subscribe({ ...topic, group: 'undertaker', topic: 'dead' }, letters.handle);
        await committed(4);
        await letters.atLeast(1);
        expect(letters.values).toEqual([2]);
        const [letter] = letters.records;
        expect(letter?.header(DEAD_LETTER_HEADERS.reason)).toBe('poison');
        expect(letter?.header(DEAD_LETTER_HEADERS.code)).toBe('TypeError');
        expect(letter?.header(DEAD_LETTER_HEADERS.topic)).toBe('orders');
        expect(letter?.header(DEAD_LETTER_HEADERS.offset)).toBe('2');
        expect(letter?.header(DEAD_LETTER_HEADERS.group)).toBe('g');
        expect(new Set(seen.values)).toEqual(new Set([0, 1, 3]));
      });

      it(`hands over what is there at once to a batch handler, and finds the one that fails (${guarantee})`, async () => {
        await sendAll(bus(), 'orders', upTo(50));
        const good = new Set<unknown>();
        const sizes: number[] = [];
        const options = { ...topic, guarantee, attempts: 2, onFailure: 'skip', batchSize: 20 } as const;
        await bus().subscribeBatch(options, (records) => {
          sizes.push(records.length);
          if (records.some(({ value }) => value === 33)) throw new Error('poison');
          for (const { value } of records) good.add(value);
        });
        await committed(50);
        expect(Math.max(...sizes)).toBe(20);
        expect([...good].sort((a, b) => Number(a) - Number(b))).toEqual(upTo(50).filter((value) => value !== 33));
      });

      it(`finishes what is in hand when it stops, and commits it (${guarantee})`, async () => {
        await sendAll(bus(), 'orders', upTo(3));
        let finish!: () => void;
        let entered!: () => void;
        const inside = new Promise<void>((resolve) => (entered = resolve));
        const held = new Promise<void>((resolve) => (finish = resolve));
        const subscription = await bus().subscribe({ ...topic, guarantee, batchSize: 1 }, async () => {
          entered();
          await held;
        });
        await inside;
        const stopped = subscription.stop();
        finish();
        await stopped;
        expect(await offset()).toBe(1);
      });
    }

    it('hands over nothing twice with at-most-once, also when it fails', async () => {
      await sendAll(bus(), 'orders', upTo(5));
      const seen = new Seen();
      const errors: unknown[] = [];
      const options = { ...topic, guarantee: 'at-most-once', onError: (error: unknown) => errors.push(error) } as const;
      const subscription = await bus().subscribe(options, (record) => {
        seen.handle(record);
        if (record.value === 1) throw new Error('lost');
      });
      await seen.atLeast(5);
      await subscription.stop();
      await bus().subscribe(options, seen.handle);
      await bus().publish('orders', { value: 5 });
      await seen.atLeast(6);
      expect(seen.values).toEqual(upTo(6));
      expect(errors).toHaveLength(1);
    });

    it('produces in the transaction of the handler: once for each record, and nothing of an attempt that failed', async () => {
      await sendAll(bus(), 'orders', upTo(10));
      const out = new Seen();
      let failures = 2;
      await bus().subscribe({ ...topic, guarantee: 'effectively-once' }, async ({ value }, { publish }) => {
        await publish('out', { value });
        if (value === 5 && failures-- > 0) throw new Error('after publishing');
      });
      await committed(10);
      await bus().subscribe({ ...topic, group: 'reader', topic: 'out' }, out.handle);
      await out.atLeast(10);
      await bus().publish('out', { value: 'end' });
      await out.atLeast(11);
      expect(out.values).toEqual([...upTo(10), 'end']);
    });

    it('delivers nothing more of a partition until a record is done', async () => {
      await sendAll(bus(), 'orders', upTo(3));
      let release!: () => void;
      const held = new Promise<void>((resolve) => (release = resolve));
      const seen = new Seen();
      await bus().subscribe(topic, async (record) => {
        seen.handle(record);
        if (record.value === 0) await held;
      });
      await seen.atLeast(1);
      await bus().publish('out', { value: 'time passes' });
      expect(seen.values).toEqual([0]);
      release();
      await seen.atLeast(3);
      expect(seen.values).toEqual(upTo(3));
    });

    it('tells a handler that ends too late that its signal is aborted, and leaves its record to the next', async () => {
      await sendAll(bus(), 'orders', upTo(2));
      const seen = new Seen();
      let aborted = false;
      let entered!: () => void;
      const inside = new Promise<void>((resolve) => (entered = resolve));
      const subscription = await bus().subscribe(topic, async (_, { signal }) => {
        entered();
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
        aborted = true;
      });
      await inside;
      await subscription.stop(1);
      await eventually(() => aborted);
      expect(await offset()).toBeNull();
      await bus().subscribe(topic, seen.handle);
      await seen.atLeast(2);
      expect(seen.values).toEqual([0, 1]);
    });

    it('can be observed: nothing more comes until a record is acknowledged, and what is refused comes again', async () => {
      await sendAll(bus(), 'orders', upTo(3));
      const out: ObservedRecord[] = [];
      const observed = observe(bus(), topic).subscribe((record) => out.push(record));
      await eventually(() => out.length === 1);
      out[0]?.nack(new Error('not yet'));
      await eventually(() => out.length === 2);
      out[1]?.ack();
      await eventually(() => out.length === 3);
      expect(out.map(({ record }) => record.value)).toEqual([0, 0, 1]);
      await committed(1);
      observed.unsubscribe();
      const seen = new Seen();
      await bus().subscribe(topic, seen.handle);
      await seen.atLeast(2);
      expect(seen.values).toEqual([1, 2]);
      const wrong = await new Promise((resolve) => {
        observe(bus(), { ...topic, topic: 'nowhere' }).subscribe({ error: resolve });
      });
      expect(wrong).toMatchObject({ code: 'BUS_UNKNOWN_TOPIC' });
    });

    it('leaves the group of a handler that is stuck, so that others go on', async () => {
      await sendAll(bus(), 'orders', upTo(2));
      const seen = new Seen();
      let free!: () => void;
      const held = new Promise<void>((resolve) => (free = resolve));
      let entered!: () => void;
      const inside = new Promise<void>((resolve) => (entered = resolve));
      await bus().subscribe({ ...topic, maxPollIntervalMs: 1 }, async () => {
        entered();
        await held;
      });
      await inside;
      await (await under.other()).subscribe(topic, seen.handle);
      await seen.atLeast(2);
      expect(seen.values).toEqual([0, 1]);
      free();
    });
  });
}
