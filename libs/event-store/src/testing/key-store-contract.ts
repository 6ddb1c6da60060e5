import { newId } from '@annals/message';
import { describe, expect, it } from 'vitest';
import type { KeyStore } from '../shredding/key-store.js';

/**
 * The promises of `KeyStore`, which the application's own must keep, too.
 * @param engine named in the report
 * @param use opens a key store, gives it to the test, and closes it
 */
export function testKeyStore(engine: string, use: (test: (keys: KeyStore) => Promise<void>) => Promise<void>): void {
  describe(`KeyStore ${engine}`, () => {
    it('gives a subject one key of 32 bytes, also to many who ask at once, and each subject another', () =>
      use(async (keys) => {
        const [ada, bob] = [newId(), newId()];
        const given = await Promise.all(Array.from({ length: 10 }, () => keys.current([ada, bob, ada])));
        const [first] = given;
        for (const each of given) expect(each).toEqual(first);
        expect(first?.get(ada)?.bytes).toHaveLength(32);
        expect(first?.get(ada)?.bytes).not.toEqual(first?.get(bob)?.bytes);
        expect(first?.get(ada)?.id).not.toBe(first?.get(bob)?.id);
      }));

    it('finds keys by their ids, and says nothing of others', () =>
      use(async (keys) => {
        const ada = newId();
        const key = (await keys.current([ada])).get(ada);
        const found = await keys.find([key?.id ?? '', newId()]);
        expect([...found]).toEqual([[key?.id, key]]);
      }));

    it('erases the key of one subject for good, and gives it another one when it comes back', () =>
      use(async (keys) => {
        const [ada, bob] = [newId(), newId()];
        const before = await keys.current([ada, bob]);
        await keys.erase(ada);
        await keys.erase(ada);
        const ids = [before.get(ada)?.id ?? '', before.get(bob)?.id ?? ''];
        expect([...(await keys.find(ids)).keys()]).toEqual([ids[1]]);
        const again = (await keys.current([ada])).get(ada);
        expect(again?.id).not.toBe(ids[0]);
        expect(again?.bytes).not.toEqual(before.get(ada)?.bytes);
      }));
  });
}
