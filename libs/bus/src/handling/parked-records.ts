import { messageOf } from '@annals/message';
import type { GroupStore, Membership, ParkedPlace } from '../groups/group-store.js';
import { parkingKeyOf } from '../groups/parking-key.js';
import { StaleGeneration } from '../groups/stale-generation.js';
import type { StoredRecord } from '../topics/topic-record.js';
import type { TopicStore } from '../topics/topic-store.js';
import { isNoFaultOfRecords } from './no-fault-of-records.js';
import type { PartitionRunner } from './partition-runner.js';
import type { ResolvedSubscribeOptions } from './subscribe-options.js';

/** Sets records aside, with all that follow under their keys, and tries them again when an operator says so. */
export class ParkedRecords {
  /** @param member who the subscription is in its group just now */
  constructor(
    private readonly topics: TopicStore,
    private readonly groups: GroupStore,
    private readonly options: Pick<ResolvedSubscribeOptions, 'group' | 'onError'>,
    private readonly member: () => Membership,
  ) {}

  /**
   * Sets a record aside.
   * @param upTo the offset to go on from
   * @param failure null for one that only follows another of its key
   * @throws StaleGeneration (`BUS_STALE_GENERATION`)
   */
  async park(runner: PartitionRunner, record: StoredRecord, upTo: number, failure: string | null): Promise<void> {
    const { topicId, partition, generation } = runner.owned;
    const place = { key: parkingKeyOf(record), offset: record.offset };
    const move = { topicId, partition, generation, offset: upTo };
    if (!(await this.groups.park(this.member(), move, place, failure))) {
      throw new StaleGeneration(this.options.group, runner.title, generation);
    }
    runner.parked.add(place.key);
    runner.committed = upTo;
  }

  /**
   * Tries all records of the keys that are resumed, in order; one that fails again holds up its key.
   * @param handle handles a record, which is undefined where retention has taken it, and takes it off the list
   */
  async retry(
    runner: PartitionRunner,
    handle: (record: StoredRecord | undefined, place: ParkedPlace) => Promise<void>,
  ): Promise<void> {
    const places = await this.groups.resumedRecords(this.options.group, runner.owned);
    const held = new Set<string>();
    for (const place of places) {
      if (held.has(place.key)) continue;
      if (runner.signal.aborted || runner.isDraining) return;
      try {
        await handle(await this.#recordAt(runner, place.offset), place);
      } catch (error) {
        if (isNoFaultOfRecords(error)) throw error;
        this.options.onError(error, `${runner.title}@${place.offset}`);
        held.add(place.key);
        await this.groups.suspend(this.member(), runner.owned, place, messageOf(error));
      }
    }
    // Only this runner parks records of its partition, so what is not held any more is free.
    for (const { key } of places) if (!held.has(key)) runner.parked.delete(key);
  }

  async #recordAt({ topic, owned: { partition } }: PartitionRunner, offset: number): Promise<StoredRecord | undefined> {
    const [fetched] = await this.topics.fetch(topic, [{ partition, offset, limit: 1 }], {});
    const [record] = fetched?.records ?? [];
    return record?.offset === offset ? record : undefined;
  }
}
