import type { PartitionRange, TopicDescription, TopicStore } from '../topics/topic-store.js';
import type { GroupOffset, GroupStore, MemberDescription, ParkedRecord } from './group-store.js';
import { InvalidOffset } from './invalid-offset.js';
import { UnknownGroup } from './unknown-group.js';

/** Where a group stands in a partition, as an operator sees it. */
export interface GroupPosition extends Omit<GroupOffset, 'topicId'> {
  readonly topic: string;
  /** Records that are there and not handled yet. */
  readonly lag: number;
}

/** A parked record, as an operator sees it. */
export interface ParkedDescription extends Omit<ParkedRecord, 'topicId'> {
  readonly topic: string;
}

/** A group as an operator sees it. */
export interface GroupDescription {
  readonly name: string;
  /** Rises whenever partitions are dealt anew. */
  readonly epoch: number;
  readonly members: readonly MemberDescription[];
  readonly positions: readonly GroupPosition[];
}

/** Groups as an operator sees them and sets them. */
export class GroupOperation {
  constructor(
    private readonly groups: GroupStore,
    private readonly topics: TopicStore,
  ) {}

  /** @throws UnknownGroup (`BUS_UNKNOWN_GROUP`) */
  async describe(name: string): Promise<GroupDescription> {
    // The cursors first: read after the ends they could be ahead of them.
    const group = await this.groups.describe(name);
    if (group === undefined) throw new UnknownGroup(name);
    const topics = new Map((await this.topics.list()).map((topic) => [topic.id, topic]));
    const ranges = new Map<number, readonly PartitionRange[]>();
    for (const topicId of new Set(group.offsets.map((one) => one.topicId))) {
      const topic = topics.get(topicId);
      if (topic !== undefined) ranges.set(topicId, await this.topics.ranges(topic));
    }
    const positions = group.offsets.flatMap(({ topicId, ...rest }) => {
      const range = ranges.get(topicId)?.[rest.partition];
      const topic = topics.get(topicId)?.name;
      if (range === undefined || topic === undefined) return [];
      const lag = Math.max(0, range.end - Math.max(range.start, rest.offset ?? range.start));
      return [{ ...rest, topic, lag }];
    });
    return { name, epoch: group.epoch, members: group.members, positions };
  }

  /** @throws GroupNotEmpty (`BUS_GROUP_NOT_EMPTY`), InvalidOffset (`BUS_INVALID_OFFSET`): nothing was changed then */
  async setOffsets(
    group: string,
    { id, name: topic, partitions }: TopicDescription,
    offsets: Readonly<Record<number, number>>,
  ): Promise<void> {
    const wanted = Object.entries(offsets).map(([partition, offset]) => ({ partition: Number(partition), offset }));
    const faults = wanted.flatMap(({ partition, offset }) => {
      const range = partitions[partition];
      if (range === undefined) return [`${topic} has no partition ${partition}`];
      const fits = Number.isSafeInteger(offset) && offset >= 0 && offset <= range.end;
      return fits ? [] : [`${topic}/${partition} goes from ${range.start} to ${range.end}, not to ${offset}`];
    });
    if (faults.length > 0) throw new InvalidOffset(group, faults);
    await this.groups.setOffsets(
      group,
      wanted.map(({ partition, offset }) => ({ topicId: id, partition, offset })),
    );
  }

  async listParked(group: string): Promise<readonly ParkedDescription[]> {
    const topics = new Map((await this.topics.list()).map(({ id, name }) => [id, name]));
    const parked = await this.groups.listParked(group);
    return parked.map(({ topicId, ...rest }) => ({ ...rest, topic: topics.get(topicId) ?? '' }));
  }
}
