import { randomBytes } from 'node:crypto';
import { newId } from '@annals/message';
import type { DataKey } from '../../shredding/key-store.js';
import { KeyStore } from '../../shredding/key-store.js';

/** Keys in the memory of this process. */
export class InMemoryKeyStore extends KeyStore {
  readonly #bySubject = new Map<string, DataKey>();

  override current(subjects: readonly string[]): Promise<ReadonlyMap<string, DataKey>> {
    for (const subject of subjects) {
      if (!this.#bySubject.has(subject)) this.#bySubject.set(subject, { id: newId(), bytes: randomBytes(32) });
    }
    return Promise.resolve(new Map(subjects.map((subject) => [subject, this.#bySubject.get(subject) as DataKey])));
  }

  override find(ids: readonly string[]): Promise<ReadonlyMap<string, DataKey>> {
    const keys = [...this.#bySubject.values()].filter(({ id }) => ids.includes(id));
    return Promise.resolve(new Map(keys.map((key) => [key.id, key])));
  }

  override erase(subject: string): Promise<void> {
    this.#bySubject.delete(subject);
    return Promise.resolve();
  }
}
