import { encodeToken } from '@annals/log';
import { expect, it } from 'vitest';
import type { StoreUnderTest } from './store-under-test.js';
import { aStream, events } from './store-under-test.js';

/** Checkpoints that leave the database. */
export function testTokens(under: StoreUnderTest): void {
  it('gives the checkpoint of its own tokens', async () => {
    const { store, log } = under();
    await store.append(aStream(), 'any', events(3));
    for (const checkpoint of [await store.head(), new Array<number>(log.partitions).fill(0)]) {
      expect(await store.fromToken(await store.toToken(checkpoint))).toEqual(checkpoint);
    }
  });

  it("takes an append's checkpoint as a token once it is there", async () => {
    const { store } = under();
    const result = await store.append(aStream(), 'any', events(1));
    const checkpoint = result.pending ? [] : result.checkpoint;
    expect(await store.fromToken(await store.toToken(checkpoint))).toEqual(checkpoint);
  });

  it('refuses a token ahead of the head, and takes it when the log has got there', async () => {
    const { store } = under();
    const stream = aStream();
    const first = await store.append(stream, 'any', events(1));
    if (first.pending) throw new Error('there is no unit here');
    const ahead = (await store.head()).map((offset, partition) =>
      first.checkpoint[partition] === 0 ? offset : offset + 1,
    );
    const token = await store.toToken(ahead);
    await expect(store.fromToken(token)).rejects.toMatchObject({ code: 'STORE_CHECKPOINT_AHEAD' });
    await store.append(stream, 'any', events(1));
    expect(await store.fromToken(token)).toEqual(ahead);
  });

  it('refuses what is no token, or of another shape', async () => {
    const { store, log } = under();
    const code = 'LOG_INVALID_CHECKPOINT';
    const good = await store.toToken(await store.head());
    const reshaped = encodeToken(await log.incarnation(), [0]);
    for (const token of ['', 'x', good.slice(0, -1), `${good}A`, reshaped, 7 as unknown as string]) {
      await expect(store.fromToken(token)).rejects.toMatchObject({ code });
    }
    await expect(store.toToken([1, 2, 3])).rejects.toMatchObject({ code });
  });
}
