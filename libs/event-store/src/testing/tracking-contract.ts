import { expect, it } from 'vitest';
import { AppendTracker, trackAppends } from '../writing/track-appends.js';
import type { StoreUnderTest } from './store-under-test.js';
import { aStream, events } from './store-under-test.js';

/** What a tracker learns of the appends of some work. */
export function testTracking(under: StoreUnderTest): void {
  it('tells how far a reader must be to see what some work has appended, in units of work and outside', async () => {
    const { store, unitOfWork } = under();
    const tracker = new AppendTracker();
    await trackAppends(tracker, async () => {
      expect(tracker.checkpoint).toBeUndefined();
      await store.append(aStream(), 'any', events(2));
      await unitOfWork.run(async () => {
        await store.append(aStream(), 'any', events(1));
        await store.append(aStream(), 'any', events(1));
      });
    });
    const head = await store.head();
    const touched = (tracker.checkpoint ?? []).flatMap((offset, partition) => (offset > 0 ? [partition] : []));
    expect(touched.length).toBeGreaterThan(0);
    for (const partition of touched) expect(tracker.checkpoint?.[partition]).toBe(head[partition]);
  });

  it('tells nothing of what was rolled back, nor of what others append', async () => {
    const { store, unitOfWork } = under();
    const tracker = new AppendTracker();
    await store.append(aStream(), 'any', events(1));
    await trackAppends(tracker, async () => {
      const failed = unitOfWork.run(async () => {
        await store.append(aStream(), 'any', events(1));
        throw new Error('no');
      });
      await expect(failed).rejects.toThrow('no');
    });
    expect(tracker.checkpoint).toBeUndefined();
  });
}
