import { expect, it } from 'vitest';
import { withMetadata } from '../metadata/with-metadata.js';
import type { StoreUnderTest } from './store-under-test.js';
import { all, aStream, events, failureOf } from './store-under-test.js';

/** What is noted about streams as wholes. */
export function testStreamMetadata(under: StoreUnderTest): void {
  it('is what was noted last, whether the stream exists or not', async () => {
    const { store } = under();
    const stream = aStream();
    expect(await store.streamMetadata(stream)).toEqual({ metadata: {}, revision: 0 });
    await store.setStreamMetadata(stream, { owner: 'sales' });
    await store.setStreamMetadata(stream, { owner: 'support', limits: [1, 2] }, 1);
    expect(await store.streamMetadata(stream)).toEqual({ metadata: { owner: 'support', limits: [1, 2] }, revision: 2 });
    expect(await all(store.read(stream))).toEqual([]);
  });

  it('is refused when others have changed it meanwhile', async () => {
    const { store } = under();
    const stream = aStream();
    await store.setStreamMetadata(stream, { n: 1 }, 'no-stream');
    const again = store.setStreamMetadata(stream, { n: 2 }, 'no-stream');
    expect(await failureOf(again)).toMatchObject({ code: 'STORE_WRONG_EXPECTED_REVISION', actual: 1 });
  });

  it('goes with the unit of work, and belongs to the tenant', async () => {
    const { store, unitOfWork } = under();
    const stream = aStream();
    await unitOfWork.run(async () => {
      await withMetadata({ tenant: 'a' }, () => store.setStreamMetadata(stream, { n: 1 }));
      expect(await store.streamMetadata(stream, { tenant: 'a' })).toEqual({ metadata: { n: 1 }, revision: 1 });
    });
    expect(await store.streamMetadata(stream, { tenant: 'a' })).toEqual({ metadata: { n: 1 }, revision: 1 });
    expect(await store.streamMetadata(stream)).toEqual({ metadata: {}, revision: 0 });
  });

  it('lies in streams that nobody else can write to', async () => {
    const { store } = under();
    const append = store.append(`$$${aStream()}`, 'any', events(1));
    expect(await failureOf(append)).toMatchObject({ code: 'STORE_INVALID_STREAM_NAME' });
  });
}
