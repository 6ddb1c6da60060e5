import { newId } from '@annals/message';
import { expect, it } from 'vitest';
import type { StreamEvent } from '../stream/recorded-event.js';
import type { StoreUnderTest } from './store-under-test.js';
import { all, aStream, failureOf, revisions } from './store-under-test.js';

/** Handlers that take part in the transaction of an append. Every test has an event type of its own: handlers stay. */
export function testInline(under: StoreUnderTest): void {
  const listen = (fail: () => boolean = () => false) => {
    const type = `inline-${newId()}`;
    const heard: StreamEvent[][] = [];
    under().store.handleInline({
      types: [type],
      handle: async (events) => {
        heard.push([...events]);
        if (fail()) throw new Error('no');
        await Promise.resolve();
      },
    });
    return { heard, event: (n = 1) => ({ type, data: { n } }) };
  };

  it('handles the events of an append before it resolves, each with its revision', async () => {
    const { store } = under();
    const { heard, event } = listen();
    const stream = aStream();
    await store.append(stream, 'no-stream', [event(1)]);
    const appended = await store.append(stream, 'any', [{ type: 'other', data: {} }, event(2), event(3)]);
    expect(appended).toMatchObject({ pending: false, revision: 4 });
    expect(heard.map((events) => events.map(({ revision, data }) => [revision, data]))).toEqual([
      [[1, { n: 1 }]],
      [
        [3, { n: 2 }],
        [4, { n: 3 }],
      ],
    ]);
  });

  it('handles all of a unit together at its end, without what a savepoint took back', async () => {
    const { store, unitOfWork } = under();
    const { heard, event } = listen();
    const [one, two] = [aStream(), aStream()];
    await unitOfWork.run(async () => {
      await store.append(one, 'no-stream', [event(1)]);
      const lost = unitOfWork.run(async () => {
        await store.append(two, 'no-stream', [event(2)]);
        throw new Error('taken back');
      });
      expect(await failureOf(lost)).toMatchObject({ message: 'taken back' });
      await store.append(one, 1, [event(3)]);
      expect(heard).toEqual([]);
    });
    expect(heard.map((events) => events.map(({ stream, revision }) => [stream, revision]))).toEqual([
      [
        [one, 1],
        [one, 2],
      ],
    ]);
  });

  it('appends nothing where a handler throws', async () => {
    const { store } = under();
    const { event } = listen(() => true);
    const stream = aStream();
    expect(await failureOf(store.append(stream, 'any', [event()]))).toMatchObject({ message: 'no' });
    expect(await all(store.read(stream))).toEqual([]);
  });

  it('refuses an append from a handler', async () => {
    const { store } = under();
    const type = `inline-${newId()}`;
    const refusals: unknown[] = [];
    store.handleInline({
      types: [type],
      handle: async () => {
        refusals.push(await failureOf(store.append(aStream(), 'any', [{ type: 'more', data: {} }])));
      },
    });
    await store.append(aStream(), 'any', [{ type, data: {} }]);
    expect(refusals).toMatchObject([{ code: 'STORE_UNIT_OF_WORK_CLOSED' }]);
  });

  it('leaves events that nobody handles inline as they were', async () => {
    const { store } = under();
    const { heard } = listen();
    const stream = aStream();
    await store.append(stream, 'no-stream', [{ type: 'other', data: {} }]);
    expect(heard).toEqual([]);
    expect(await revisions(store.read(stream))).toEqual([1]);
  });
}
