import type { Log } from '@annals/log';
import type { Resumed, Snapshot, SnapshotKind } from '../../snapshot/snapshot-store.js';
import { isSystemEvent } from '../../typing/system-events.js';
import { SnapshotStore } from '../../snapshot/snapshot-store.js';

/** Snapshots in the memory of this process, beside a log that is there, too. */
export class InMemorySnapshots extends SnapshotStore {
  readonly #byStream = new Map<string, Map<string, Snapshot>>();

  constructor(private readonly log: Log) {
    super();
  }

  override async resume(stream: string, kind: SnapshotKind, limit: number): Promise<Resumed> {
    const snapshot = await this.find(stream, kind);
    const records = await this.log.readData(stream, { from: (snapshot?.revision ?? 0) + 1 }, limit);
    return { snapshot, records };
  }

  override find(stream: string, kind: SnapshotKind): Promise<Snapshot | undefined> {
    return Promise.resolve(this.#byStream.get(stream)?.get(keyOf(kind)));
  }

  override async save(stream: string, kind: SnapshotKind, snapshot: Snapshot): Promise<void> {
    const { revision } = snapshot;
    const [of, ...since] = await this.log.readData(stream, { from: revision }, Infinity);
    if (of?.revision !== revision || since.some(({ type }) => isSystemEvent(type))) return;
    const kinds = this.#byStream.get(stream) ?? new Map<string, Snapshot>();
    const kept = kinds.get(keyOf(kind));
    if (kept === undefined || kept.revision < revision) kinds.set(keyOf(kind), snapshot);
    this.#byStream.set(stream, kinds);
  }

  override remove(stream: string): Promise<void> {
    this.#byStream.delete(stream);
    return Promise.resolve();
  }
}

const keyOf = ({ model, version }: SnapshotKind): string => `${version} ${model}`;
