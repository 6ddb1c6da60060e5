import { describe, expect, it } from 'vitest';
import type { CopiedEvent } from '../copying/copied-event.js';
import type { CopyStatus } from '../copying/copy-store.js';
import { copyStore } from '../copying/copy-store.js';
import { Personal } from '../shredding/personal.js';
import { Shredded } from '../shredding/shredded.js';
import { DomainEvent } from '../typing/domain-event.js';
import type { OpenEventStore } from './store-under-test.js';
import { all, events, failureOf, revisions } from './store-under-test.js';

@DomainEvent('copying-contract.named')
class Named {
  @Personal()
  readonly name: Personal<string>;
  constructor(name: string) {
    this.name = name;
  }
}

/**
 * A store that is copied into another of the same engine.
 * @param open opens a store that is empty
 */
export function testCopying(engine: string, open: () => Promise<OpenEventStore>): void {
  describe(`Copying a store on ${engine}`, () => {
    const pair = async (work: (from: OpenEventStore, to: OpenEventStore) => Promise<void>): Promise<void> => {
      const [from, to] = [await open(), await open()];
      try {
        await work(from, to);
      } finally {
        await Promise.all([from.stop(), to.stop()]);
      }
    };
    const fill = async ({ store }: OpenEventStore): Promise<void> => {
      for (let round = 0; round < 20; round += 1) {
        for (const stream of ['a-1', 'a-2', 'b-1']) await store.append(stream, 'any', events(2, { data: { round } }));
      }
      await store.append('a-1', 'any', events(1), { metadata: { tenant: 't', correlationId: 'c', source: 'import' } });
    };
    const domain = async ({ store }: OpenEventStore) =>
      (await all(store.readAll())).filter(({ stream }) => !stream.startsWith('$$'));

    it('keeps ids, order, streams, tenants and metadata, and says when an event was recorded', () =>
      pair(async (from, to) => {
        await fill(from);
        const statuses: CopyStatus[] = [];
        const counts = await copyStore({ from, to, batchSize: 50, onProgress: (status) => statuses.push(status) });
        expect(counts).toEqual({ read: 121, written: 121, dropped: 0, closedStreams: 0 });
        expect(statuses.length).toBeGreaterThan(2);
        expect(statuses.at(-1)).toMatchObject({ read: 121, total: 121, remainingMs: 0 });
        const [before, after] = [await domain(from), await domain(to)];
        const kept = after.map(({ metadata: { originallyRecordedAt, ...metadata }, ...event }) => ({
          ...{
            id: event.id,
            stream: event.stream,
            revision: event.revision,
            type: event.type,
            data: event.data,
            metadata,
          },
          recordedAt: originallyRecordedAt,
        }));
        expect(kept).toEqual(
          before.map(({ id, stream, revision, type, data, metadata, recordedAt }) => ({
            ...{ id, stream, revision, type, data, metadata },
            recordedAt: recordedAt.toISOString(),
          })),
        );
      }));

    it('drops, changes, moves and splits events, and draws revisions anew', () =>
      pair(async (from, to) => {
        await from.store.append('a-1', 'any', events(5));
        const transform = (event: CopiedEvent) => {
          const { n } = event.data as { n: number };
          if (n === 2) return undefined;
          if (n === 3) return [event, { ...event, data: { n: 3.5 } }];
          return n === 4 ? { ...event, stream: 'a-2', type: 'moved' } : event;
        };
        expect(await copyStore({ from, to, transform })).toEqual({ read: 5, written: 5, dropped: 1, closedStreams: 0 });
        const read = (stream: string) => all(to.store.read(stream));
        expect((await read('a-1')).map(({ data }) => (data as { n: number }).n)).toEqual([1, 3, 3.5, 5]);
        expect(await revisions(to.store.read('a-1'))).toEqual([1, 2, 3, 4]);
        expect(await read('a-2')).toMatchObject([{ type: 'moved', revision: 1, data: { n: 4 } }]);
      }));

    it('goes on where it was ended, and takes in what came since', () =>
      pair(async (from, to) => {
        await fill(from);
        let seen = 0;
        const bad = (event: CopiedEvent) => {
          seen += 1;
          if (seen === 77) throw new Error('ended');
          return event;
        };
        expect((await failureOf(copyStore({ from, to, batchSize: 10, transform: bad }))).message).toBe('ended');
        // Whole batches, and none of the one in which it ended.
        const copied = (await domain(to)).map(({ id }) => id);
        expect(copied.length).toBeGreaterThan(60);
        expect((await domain(from)).map(({ id }) => id).slice(0, Math.min(copied.length, 76))).toEqual(copied);
        await from.store.append('a-9', 'any', events(3));
        expect(await copyStore({ from, to, batchSize: 10 })).toMatchObject({ read: 124, written: 124 });
        expect((await domain(to)).map(({ id }) => id)).toEqual((await domain(from)).map(({ id }) => id));
        expect(await copyStore({ from, to })).toMatchObject({ read: 124 });
        const aborted = AbortSignal.abort(new Error('no more'));
        expect((await failureOf(copyStore({ from, to, signal: aborted }))).message).toBe('no more');
      }));

    it('refuses a target that has other events, and a second copy at the same time', () =>
      pair(async (from, to) => {
        await fill(from);
        const race = [1, 2].map(() => copyStore({ from, to, batchSize: 7 }));
        const ends = await Promise.allSettled(race);
        expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
        expect(ends.find(({ status }) => status === 'rejected')).toMatchObject({
          reason: { code: 'STORE_COPY_REFUSED' },
        });
        expect((await domain(to)).length).toBe(121);
        expect(await failureOf(copyStore({ from: to, to: from }))).toMatchObject({ code: 'STORE_COPY_REFUSED' });
      }));

    it('encrypts personal data anew, leaves what is shredded so, and leaves closed streams out', () =>
      pair(async (from, to) => {
        await from.store.append('person-1', 'any', [new Named('Ada')]);
        await from.store.append('person-2', 'any', [new Named('Bob')]);
        await from.store.append('old-1', 'any', events(1));
        await from.store.append('gone-1', 'any', events(1));
        await from.store.setStreamMetadata('person-1', { owner: 'sales' });
        await from.store.shred('person-2');
        await from.store.archive('old-1');
        await from.store.tombstone('gone-1');
        expect(await copyStore({ from, to })).toMatchObject({ dropped: 0, closedStreams: 2 });
        expect(await all(to.store.read('person-1'))).toMatchObject([{ data: new Named('Ada') }]);
        expect(await all(to.store.read('person-2'))).toMatchObject([
          { data: { name: new Shredded('person-2') } },
          { type: '$shredded' },
        ]);
        expect(await to.store.streamMetadata('person-1')).toMatchObject({ metadata: { owner: 'sales' } });
        await from.store.shred('person-1');
        expect(await all(to.store.read('person-1'))).toMatchObject([{ data: new Named('Ada') }]);
        await to.store.shred('person-1');
        expect((await all(to.store.read('person-1')))[0]?.data).toMatchObject({ name: new Shredded('person-1') });
      }));
  });
}
