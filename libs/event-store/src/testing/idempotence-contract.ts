import { newId } from '@annals/message';
import { expect, it } from 'vitest';
import type { AppendResult } from '../stream/appended.js';
import type { StoreUnderTest } from './store-under-test.js';
import { all, aStream, events, failureOf, revisions } from './store-under-test.js';

const withIds = (howMany: number) => events(howMany).map((event) => ({ ...event, id: newId() }));

/** The same append twice. */
export function testIdempotence(under: StoreUnderTest): void {
  testGivenIds(under);
  testReusedIds(under);
  testCommands(under);
}

function testGivenIds(under: StoreUnderTest): void {
  it('answers the same ids, in order, in the same stream with the first result', async () => {
    const { store } = under();
    const stream = aStream();
    const batch = withIds(2);
    const first = await store.append(stream, 'no-stream', batch);
    await store.append(stream, 2, events(1));
    expect(await store.append(stream, 'no-stream', batch)).toEqual(first);
    expect(await revisions(store.read(stream))).toEqual([1, 2, 3]);
  });

  it('knows an id in either case of letters', async () => {
    const { store } = under();
    const stream = aStream();
    const id = newId();
    const first = await store.append(stream, 'no-stream', [{ type: 'a', data: 1, id: id.toUpperCase() }]);
    expect(await store.append(stream, 'no-stream', [{ type: 'a', data: 1, id }])).toEqual(first);
    expect((await all(store.read(stream)))[0]?.id).toBe(id);
  });

  it('appends once what is sent several times at the same time', async () => {
    const { store } = under();
    const stream = aStream();
    const batch = withIds(2);
    const results = await Promise.all(Array.from({ length: 5 }, () => store.append(stream, 'no-stream', batch)));
    expect(new Set(results.map((result) => JSON.stringify(result))).size).toBe(1);
    expect(await revisions(store.read(stream))).toEqual([1, 2]);
  });
}

function testReusedIds(under: StoreUnderTest): void {
  it('refuses ids of which only some are stored, or in another order, and writes nothing', async () => {
    const { store } = under();
    const [stream, other] = [aStream(), aStream()];
    const [one, two] = withIds(2) as [object, object];
    await store.append(stream, 'no-stream', [one, two]);
    const fresh = events(1)[0] ?? {};
    for (const batch of [
      [two, one],
      [one, fresh],
      [fresh, two],
    ]) {
      expect(await failureOf(store.append(stream, 'any', batch))).toMatchObject({
        code: 'STORE_EVENT_ID_REUSED',
        stream,
      });
    }
    expect(await revisions(store.read(stream))).toEqual([1, 2]);
    expect(await all(store.read(other))).toEqual([]);
  });

  it('refuses one id given to two events of one call', async () => {
    const { store } = under();
    const id = newId();
    const twice = [1, 2].map((data) => ({ type: 'a', data, id }));
    expect(await failureOf(store.append(aStream(), 'any', twice))).toMatchObject({
      code: 'STORE_INVALID_EVENT',
      faults: [{ index: 1, path: 'id' }],
    });
  });
}

function testCommands(under: StoreUnderTest): void {
  it('derives ids from the command, so that it appends once however often it is executed', async () => {
    const { store } = under();
    const [one, other] = [aStream(), aStream()];
    const commandId = newId();
    const execute = (): Promise<readonly AppendResult[]> =>
      store.appendAll(
        [
          { stream: one, expected: 'no-stream', events: events(2) },
          { stream: other, expected: 'no-stream', events: events(1) },
        ],
        { commandId },
      );
    const first = await execute();
    expect(await execute()).toEqual(first);
    const stored = [...(await all(store.read(one))), ...(await all(store.read(other)))];
    expect(new Set(stored.map(({ id }) => id)).size).toBe(3);
    expect(stored.map(({ metadata }) => metadata.causationId)).toEqual([commandId, commandId, commandId]);
  });

  it("appends once what a unit of work executes twice, and keeps a command's appends in one unit apart", async () => {
    const { store, unitOfWork } = under();
    const stream = aStream();
    const commandId = newId();
    const execute = () =>
      unitOfWork.run(async () => {
        await store.append(stream, 'any', events(1), { commandId });
        await store.append(stream, 'any', events(2), { commandId });
      });
    const first = await execute();
    const second = await execute();
    expect(second.appended).toEqual(first.appended);
    expect(second.checkpoint).toEqual(first.checkpoint);
    expect((await all(store.read(stream))).map(({ data }) => data)).toEqual([{ n: 1 }, { n: 1 }, { n: 2 }]);
  });

  it('refuses a command id that is no UUID v7', async () => {
    const failure = await failureOf(under().store.append(aStream(), 'any', events(1), { commandId: 'place-order' }));
    expect(failure).toMatchObject({ code: 'MESSAGE_INVALID_ID' });
  });
}
