import type { PartitionId } from '../../groups/group-state.js';
import type { ParkedPlace, ParkedRecord } from '../../groups/group-store.js';
import { keyOfParking } from '../../groups/parking-key.js';

interface Parked extends PartitionId, ParkedPlace {
  failure: string | null;
  readonly since: Date;
  resumed: boolean;
}

/** The records that a group in memory has set aside. */
export class InMemoryParking {
  readonly #parked: Parked[] = [];

  add({ topicId, partition }: PartitionId, place: ParkedPlace, failure: string | null, since: Date): void {
    this.#parked.push({ topicId, partition, ...place, failure, since, resumed: false });
  }

  keysAt(at: PartitionId): readonly string[] {
    return [...new Set(this.#at(at).map(({ key }) => key))];
  }

  /** All of those keys that are to be tried again, by key and offset. */
  resumedAt(at: PartitionId): readonly ParkedPlace[] {
    const all = this.#at(at);
    const resumed = new Set(all.filter((one) => one.resumed).map(({ key }) => key));
    return all
      .filter(({ key }) => resumed.has(key))
      .sort((one, other) => (one.key === other.key ? one.offset - other.offset : one.key < other.key ? -1 : 1));
  }

  isResumedAt(at: PartitionId): boolean {
    return this.#at(at).some(({ resumed }) => resumed);
  }

  remove(at: PartitionId, place: ParkedPlace): void {
    const [one] = this.#at(at).filter(({ key, offset }) => key === place.key && offset === place.offset);
    if (one !== undefined) this.#parked.splice(this.#parked.indexOf(one), 1);
  }

  suspend(at: PartitionId, place: ParkedPlace, failure: string): void {
    for (const one of this.#at(at)) {
      if (one.key !== place.key) continue;
      one.resumed = false;
      if (one.offset === place.offset) one.failure = failure;
    }
  }

  /** @returns how many */
  resume(keys: readonly string[] | undefined): number {
    const chosen = this.#parked.filter(({ key }) => keys?.includes(key) ?? true);
    for (const one of chosen) one.resumed = true;
    return chosen.length;
  }

  list(): readonly ParkedRecord[] {
    return this.#parked.map((one) => ({ ...one, key: keyOfParking(one.key) }));
  }

  #at({ topicId, partition }: PartitionId): Parked[] {
    return this.#parked.filter((one) => one.topicId === topicId && one.partition === partition);
  }
}
