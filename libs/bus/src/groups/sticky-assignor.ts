import type { Assignor, GroupMember, TopicPartition } from './assignor.js';
import { nameOf, validClaims } from './claims.js';
import type { GroupView } from './group-view.js';
import { viewOf } from './group-view.js';

/**
 * As even as the subscriptions allow, with as few partitions moved as that takes: everybody keeps what they validly have,
 * then the free ones go to who has fewest, then what is uneven is moved (the aims of Kafka's StickyAssignor).
 */
export const sticky: Assignor = (members, partitionsByTopic) => {
  const view = viewOf(members, partitionsByTopic);
  const table = new Table(view);
  table.dealOut();
  table.even();
  return table.assignment();
};

/** Who has what while partitions are dealt out. */
class Table {
  private readonly claims: Map<string, GroupMember>;
  private readonly hands: Map<GroupMember, Set<TopicPartition>>;

  constructor(private readonly view: GroupView) {
    this.claims = validClaims(view);
    this.hands = new Map(view.members.map((member) => [member, new Set<TopicPartition>()]));
    for (const partition of view.partitions) {
      const owner = this.claims.get(nameOf(partition));
      if (owner !== undefined) this.handOf(owner).add(partition);
    }
  }

  /** Gives each free partition to the one of its subscribers who has fewest; those with the smallest choice go first. */
  dealOut(): void {
    const free = this.view.partitions
      .filter((partition) => !this.claims.has(nameOf(partition)))
      .map((partition) => ({ partition, choice: this.view.subscribersOf(partition.topic).length }))
      .sort((one, other) => one.choice - other.choice);
    for (const { partition } of free) {
      const taker = this.least(this.view.subscribersOf(partition.topic));
      if (taker !== undefined) this.handOf(taker).add(partition);
    }
  }

  /** Moves partitions along paths of members until nobody can be given one by somebody who has two more. */
  even(): void {
    let moved = true;
    while (moved) {
      moved = false;
      const richest = [...this.view.members].sort((one, other) => this.sizeOf(other) - this.sizeOf(one));
      for (const member of richest) {
        const path = this.pathFrom(member);
        if (path === undefined) continue;
        for (const { from, to, partition } of path) {
          this.handOf(from).delete(partition);
          this.handOf(to).add(partition);
        }
        moved = true;
        break;
      }
    }
  }

  assignment(): Record<string, TopicPartition[]> {
    const assignment = this.view.nothing();
    // In the order of the partitions, whatever way they came.
    for (const partition of this.view.partitions) {
      for (const [{ memberId }, hand] of this.hands) if (hand.has(partition)) assignment[memberId]?.push(partition);
    }
    return assignment;
  }

  /** The shortest way to somebody who has at least two less, each step a partition that the next one subscribes to. */
  private pathFrom(start: GroupMember): Step[] | undefined {
    const cameBy = new Map<GroupMember, Step | undefined>([[start, undefined]]);
    const queue = [start];
    for (let from = queue.shift(); from !== undefined; from = queue.shift()) {
      for (const partition of this.movable(from)) {
        for (const to of this.view.subscribersOf(partition.topic)) {
          if (cameBy.has(to)) continue;
          cameBy.set(to, { from, to, partition });
          if (this.sizeOf(to) <= this.sizeOf(start) - 2) return wayTo(to, cameBy);
          queue.push(to);
        }
      }
    }
    return undefined;
  }

  /** One partition of each topic that a member has; such as it did not have before, if there is one. */
  private movable(member: GroupMember): readonly TopicPartition[] {
    const byTopic = new Map<string, TopicPartition>();
    for (const partition of this.handOf(member)) {
      const known = byTopic.get(partition.topic);
      if (known === undefined || (this.hadBefore(member, known) && !this.hadBefore(member, partition))) {
        byTopic.set(partition.topic, partition);
      }
    }
    return [...byTopic.values()];
  }

  private hadBefore(member: GroupMember, partition: TopicPartition): boolean {
    return this.claims.get(nameOf(partition)) === member;
  }

  private least(members: readonly GroupMember[]): GroupMember | undefined {
    let least: GroupMember | undefined;
    for (const member of members) if (least === undefined || this.sizeOf(member) < this.sizeOf(least)) least = member;
    return least;
  }

  private sizeOf(member: GroupMember): number {
    return this.handOf(member).size;
  }

  private handOf(member: GroupMember): Set<TopicPartition> {
    return this.hands.get(member) ?? new Set();
  }
}

/** A partition that goes from one member to the next. */
interface Step {
  readonly from: GroupMember;
  readonly to: GroupMember;
  readonly partition: TopicPartition;
}

function wayTo(end: GroupMember, cameBy: ReadonlyMap<GroupMember, Step | undefined>): Step[] {
  const way: Step[] = [];
  for (let step = cameBy.get(end); step !== undefined; step = cameBy.get(step.from)) way.unshift(step);
  return way;
}
