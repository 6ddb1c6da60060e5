import type { DataKey, KeyStore } from './key-store.js';

/** Keys kept at the most; those used last stay. */
const MOST_KEYS = 10_000;

interface KeptKey {
  /** Undefined: it is not there any more. */
  readonly key: DataKey | undefined;
  readonly asOf: number;
}

/**
 * The keys that this process has read lately. A key is trusted for `keptMs` and then asked for again, so that what another
 * process has shredded cannot be read here for longer than that, whatever messages are lost.
 */
export class KeyRing {
  readonly #kept = new Map<string, KeptKey>();
  #generation = 0;

  /**
   * @param keptMs milliseconds a key is trusted
   * @param now milliseconds of a clock that never goes back
   */
  constructor(
    private readonly store: KeyStore,
    private readonly keptMs: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** The keys by id; undefined where one has been erased. */
  async find(ids: ReadonlySet<string>): Promise<(id: string) => DataKey | undefined> {
    const asOf = this.now();
    const found = new Map<string, DataKey | undefined>();
    const missing: string[] = [];
    for (const id of ids) {
      const kept = this.#kept.get(id);
      if (kept !== undefined && asOf - kept.asOf < this.keptMs) found.set(id, kept.key);
      else missing.push(id);
    }
    if (missing.length > 0) {
      const generation = this.#generation;
      const keys = await this.store.find(missing);
      for (const id of missing) {
        const key = keys.get(id);
        found.set(id, key);
        // What was read before something was erased here may have been erased since.
        if (generation === this.#generation) this.#keep(id, { key, asOf });
      }
    }
    return (id) => found.get(id);
  }

  /** Forgets all keys. */
  evict(): void {
    this.#generation += 1;
    this.#kept.clear();
  }

  #keep(id: string, kept: KeptKey): void {
    this.#kept.delete(id);
    this.#kept.set(id, kept);
    if (this.#kept.size > MOST_KEYS) {
      const [oldest] = this.#kept.keys();
      this.#kept.delete(oldest as string);
    }
  }
}
