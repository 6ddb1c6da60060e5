import { beforeEach, describe, expect, it } from 'vitest';
import { InMemoryKeyStore } from '../engines/in-memory/in-memory-key-store.js';
import type { DataKey } from './key-store.js';
import { KeyRing } from './key-ring.js';

class CountingKeys extends InMemoryKeyStore {
  asked = 0;
  hold: Promise<void> = Promise.resolve();

  override async find(ids: readonly string[]): Promise<ReadonlyMap<string, DataKey>> {
    this.asked += 1;
    const found = await super.find(ids);
    await this.hold;
    return found;
  }
}

describe('A ring of keys', () => {
  let keys: CountingKeys;
  let ring: KeyRing;
  let now: number;
  let id: string;
  beforeEach(async () => {
    keys = new CountingKeys();
    now = 0;
    ring = new KeyRing(keys, 1_000, () => now);
    id = (await keys.current(['ada'])).get('ada')?.id ?? '';
  });

  const found = async (): Promise<boolean> => (await ring.find(new Set([id])))(id) !== undefined;

  it('asks for a key once, and again when it has had it for its time', async () => {
    expect([await found(), await found()]).toEqual([true, true]);
    expect(keys.asked).toBe(1);
    now = 1_000;
    expect(await found()).toBe(true);
    expect(keys.asked).toBe(2);
  });

  it('gives a key that was erased elsewhere for no longer than its time', async () => {
    await found();
    await keys.erase('ada');
    now = 999;
    expect(await found()).toBe(true);
    now = 1_000;
    expect(await found()).toBe(false);
  });

  it('gives no key any more once it has been told to forget them', async () => {
    await found();
    await keys.erase('ada');
    ring.evict();
    expect(await found()).toBe(false);
  });

  it('does not keep what it was asked for before it was told to forget', async () => {
    let go = (): void => undefined;
    keys.hold = new Promise((resolve) => {
      go = resolve;
    });
    const before = found();
    await keys.erase('ada');
    ring.evict();
    go();
    expect(await before).toBe(true);
    expect(await found()).toBe(false);
  });
});
