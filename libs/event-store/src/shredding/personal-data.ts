import { faultOfShortText } from '../stream/short-text.js';
import { NoKeyStore } from './no-key-store.js';
import type { DataKey, KeyStore } from './key-store.js';
import { KeyRing } from './key-ring.js';
import { isSealed } from './sealing.js';
import type { SubjectRegistry, SubjectStream } from './subject-registry.js';

/** What a store needs to keep personal data. */
export interface PersonalDataParts {
  readonly keys: KeyStore;
  readonly subjects: SubjectRegistry;
  /**
   * Milliseconds for which a key that was read may be used again: so long at the most another process goes on reading what
   * this one has shredded. @default 1000
   */
  readonly keptKeysMs?: number | undefined;
}

/** Finds the key that a value is sealed with; undefined when it has been erased. */
export type FindKey = (id: string) => DataKey | undefined;

const KEPT_KEYS_MS = 1_000;
/** Streams known to be entered; those used last stay. */
const MOST_ENTERED = 10_000;

/** The keys of personal data on their way in and out of the store. */
export class PersonalData {
  readonly #parts: PersonalDataParts | undefined;
  readonly #ring: KeyRing | undefined;
  readonly #entered = new Set<string>();

  /** @throws RangeError when `keptKeysMs` is negative or no number */
  constructor(parts: PersonalDataParts | undefined) {
    const keptMs = parts?.keptKeysMs ?? KEPT_KEYS_MS;
    if (!(keptMs >= 0)) throw new RangeError('PersonalDataParts: keptKeysMs must be at least 0');
    this.#parts = parts;
    this.#ring = parts && new KeyRing(parts.keys, keptMs);
  }

  /**
   * Notes where personal data will go, then gives the keys to seal it with: in this order, so that whoever erases a key
   * finds every stream that has something sealed with it.
   * @throws NoKeyStore (`STORE_NO_KEY_STORE`)
   */
  async keysFor(entries: readonly SubjectStream[]): Promise<ReadonlyMap<string, DataKey>> {
    const { keys, subjects } = this.#given(`Subject ${entries[0]?.subject ?? ''}`);
    const unknown = entries.filter((entry) => !this.#entered.has(nameOf(entry)));
    if (unknown.length > 0) await subjects.enter(unknown);
    for (const entry of unknown) this.#enter(entry);
    return keys.current([...new Set(entries.map(({ subject }) => subject))]);
  }

  /** The keys that values in stored data are sealed with. @throws NoKeyStore (`STORE_NO_KEY_STORE`) */
  async keysOf(data: readonly unknown[]): Promise<FindKey> {
    const ids = new Set<string>();
    for (const each of data) {
      for (const value of Object.values(each ?? {}) as unknown[]) if (isSealed(value)) ids.add(value.$personal.key);
    }
    if (ids.size === 0) return () => undefined;
    if (this.#ring === undefined) throw new NoKeyStore('A stored event');
    return this.#ring.find(ids);
  }

  /** @throws NoKeyStore (`STORE_NO_KEY_STORE`), RangeError for a subject that cannot be one */
  async shred(subject: string): Promise<void> {
    const { keys, subjects } = this.#given(`Subject ${subject}`);
    const fault = faultOfShortText(subject);
    if (fault !== undefined) throw new RangeError(`The data subject ${fault}`);
    await subjects.begin(subject);
    await keys.erase(subject);
    this.#ring?.evict();
    await subjects.finish(subject);
  }

  /** Goes on with what was begun and not finished, as after a crash. */
  async resume(): Promise<void> {
    for (const subject of (await this.#parts?.subjects.unfinished()) ?? []) await this.shred(subject);
  }

  /** @throws NoKeyStore (`STORE_NO_KEY_STORE`) */
  streamsOf(subject: string): Promise<readonly string[]> {
    return this.#given(`Subject ${subject}`).subjects.streamsOf(subject);
  }

  #given(what: string): PersonalDataParts {
    if (this.#parts === undefined) throw new NoKeyStore(what);
    return this.#parts;
  }

  #enter(entry: SubjectStream): void {
    this.#entered.add(nameOf(entry));
    if (this.#entered.size > MOST_ENTERED) {
      const [oldest] = this.#entered;
      this.#entered.delete(oldest as string);
    }
  }
}

const nameOf = ({ subject, stream }: SubjectStream): string => `${subject}\n${stream}`;
