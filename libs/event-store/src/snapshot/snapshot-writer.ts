import type { Snapshot, SnapshotKind, SnapshotStore } from './snapshot-store.js';

/** Writes to the snapshot store at the same time. */
const MOST_AT_ONCE = 2;
/** Snapshots that may wait; more than these are made up for by a later one. */
const MOST_WAITING = 1_000;

/** A snapshot that waits to be written. */
interface Due {
  readonly stream: string;
  readonly kind: SnapshotKind;
  readonly snapshot: Snapshot;
}

/**
 * Writes snapshots off the path of whoever appended: of one stream and kind only the newest that waits. A snapshot that
 * cannot be written is told to `onFault` and otherwise passed over, since the stream can be replayed without it.
 */
export class SnapshotWriter {
  readonly #due = new Map<string, Due>();
  readonly #writing = new Set<Promise<void>>();

  constructor(
    private readonly store: SnapshotStore,
    private readonly onFault: (error: unknown, stream: string) => void,
  ) {}

  /** Has a snapshot written soon. */
  write(stream: string, kind: SnapshotKind, snapshot: Snapshot): void {
    const key = `${kind.model}\n${kind.version}\n${stream}`;
    this.#due.delete(key);
    this.#due.set(key, { stream, kind, snapshot });
    if (this.#due.size > MOST_WAITING) {
      const [oldest] = this.#due.keys();
      this.#due.delete(oldest as string);
    }
    this.#go();
  }

  /** Resolves when nothing waits and nothing is being written. */
  async drained(): Promise<void> {
    while (this.#writing.size > 0) await Promise.all(this.#writing);
  }

  #go(): void {
    while (this.#due.size > 0 && this.#writing.size < MOST_AT_ONCE) {
      const [[key, due]] = this.#due as Iterable<[string, Due]> as [[string, Due]];
      this.#due.delete(key);
      const writing = this.#write(due).finally(() => {
        this.#writing.delete(writing);
        this.#go();
      });
      this.#writing.add(writing);
    }
  }

  async #write({ stream, kind, snapshot }: Due): Promise<void> {
    try {
      await this.store.save(stream, kind, snapshot);
    } catch (error) {
      this.onFault(error, stream);
    }
  }
}
