import type { Log } from '@annals/log';
import { streamOfKey } from '@annals/log';
import { shreddedRecord } from '../../shredding/shredded-record.js';
import type { SnapshotStore } from '../../snapshot/snapshot-store.js';
import type { SubjectStream } from '../../shredding/subject-registry.js';
import { SubjectRegistry } from '../../shredding/subject-registry.js';

/** Subjects and their streams in the memory of this process. */
export class InMemorySubjectRegistry extends SubjectRegistry {
  readonly #streams = new Map<string, Set<string>>();
  readonly #shredded = new Map<string, Date | undefined>();

  /** @param now milliseconds since 1970. @default Date.now */
  constructor(
    private readonly log: Log,
    private readonly snapshots: SnapshotStore,
    private readonly now: () => number = Date.now,
  ) {
    super();
  }

  override enter(entries: readonly SubjectStream[]): Promise<void> {
    for (const { subject, stream } of entries) {
      this.#streams.set(subject, (this.#streams.get(subject) ?? new Set()).add(stream));
    }
    return Promise.resolve();
  }

  override streamsOf(subject: string): Promise<readonly string[]> {
    return Promise.resolve([...(this.#streams.get(subject) ?? [])].sort());
  }

  override begin(subject: string): Promise<void> {
    this.#shredded.set(subject, undefined);
    return Promise.resolve();
  }

  override unfinished(): Promise<readonly string[]> {
    const open = [...this.#shredded].filter(([, doneAt]) => doneAt === undefined);
    return Promise.resolve(open.map(([subject]) => subject));
  }

  override async finish(subject: string): Promise<void> {
    for (const stream of await this.streamsOf(subject)) {
      const record = shreddedRecord(subject, streamOfKey(stream).tenant);
      // A stream that is closed refuses it, and needs none.
      await this.log.append([{ stream, expected: 'any', records: [record] }]);
      await this.snapshots.remove(stream);
    }
    this.#shredded.set(subject, new Date(this.now()));
  }

  override shreddedAt(subject: string): Promise<Date | undefined> {
    return Promise.resolve(this.#shredded.get(subject));
  }
}
