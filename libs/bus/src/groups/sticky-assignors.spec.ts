import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Assignment, GroupMember, PartitionsByTopic, TopicPartition } from './assignor.js';
import { assignors } from './assignors.js';

const TOPICS = ['a', 'b', 'c', 'd'];
const partitionsByTopic = fc.record(Object.fromEntries(TOPICS.map((topic) => [topic, fc.nat(6)])));
const subscription = fc.subarray(TOPICS);
const owned = fc.array(fc.record({ topic: fc.constantFrom(...TOPICS), partition: fc.nat(7) }), { maxLength: 6 });
/** Members as they may say anything of themselves, true or not. */
const anyGroup = fc.array(
  fc.record({ topics: subscription, owned, generation: fc.option(fc.nat(2), { nil: undefined }) }),
  {
    minLength: 1,
    maxLength: 6,
  },
);

const named = (members: readonly Omit<GroupMember, 'memberId'>[]): GroupMember[] =>
  members.map((member, index) => ({ ...member, memberId: `member-${index}` }));
const flat = (assignment: Assignment): string[] =>
  Object.values(assignment).flatMap((partitions) => partitions.map(({ topic, partition }) => `${topic}${partition}`));
const all = (members: readonly GroupMember[], topics: PartitionsByTopic): string[] =>
  Object.entries(topics)
    .filter(([topic]) => members.some((member) => member.topics.includes(topic)))
    .flatMap(([topic, count]) => Array.from({ length: count }, (_, partition) => `${topic}${partition}`));
const keeping = (members: readonly GroupMember[], assignment: Assignment, generation: number): GroupMember[] =>
  members.map((member) => ({ ...member, owned: assignment[member.memberId] ?? [], generation }));

/** Whether somebody could be given a partition by somebody who has at least two more, over however many others. */
function isUneven(members: readonly GroupMember[], assignment: Assignment): boolean {
  const size = (member: GroupMember): number => assignment[member.memberId]?.length ?? 0;
  return members.some((start) => {
    const reached = new Set([start]);
    for (const from of reached) {
      const topics = new Set(assignment[from.memberId]?.map(({ topic }) => topic));
      for (const to of members) if (to.topics.some((topic) => topics.has(topic))) reached.add(to);
    }
    return [...reached].some((end) => size(end) <= size(start) - 2);
  });
}

/** How many partitions are with somebody else than before. */
const movedSince = (before: Assignment, after: Assignment): number =>
  Object.entries(after).reduce((moved, [member, partitions]) => {
    const had = new Set((before[member] ?? []).map(({ topic, partition }) => `${topic}${partition}`));
    return moved + partitions.filter(({ topic, partition }) => !had.has(`${topic}${partition}`)).length;
  }, 0);

describe('The sticky assignor', () => {
  const { sticky } = assignors;

  it('gives each partition to one subscriber, as evenly as the subscriptions allow, whatever members say they have', () => {
    fc.assert(
      fc.property(anyGroup, partitionsByTopic, (given, topics) => {
        const members = named(given);
        const assignment = sticky(members, topics);
        expect(flat(assignment).sort()).toEqual(all(members, topics).sort());
        for (const { memberId, topics: subscribed } of members) {
          expect(assignment[memberId]?.every(({ topic }) => subscribed.includes(topic))).toBe(true);
        }
        expect(isUneven(members, assignment)).toBe(false);
        expect(sticky([...members].reverse(), topics)).toEqual(assignment);
      }),
      { numRuns: 300 },
    );
  });

  it('moves nothing when nothing has changed', () => {
    fc.assert(
      fc.property(anyGroup, partitionsByTopic, (given, topics) => {
        const members = named(given);
        const assignment = sticky(members, topics);
        expect(sticky(keeping(members, assignment, 3), topics)).toEqual(assignment);
      }),
    );
  });

  it('moves no more than it must when a member of equals leaves or comes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 8 }), fc.nat(40), (size, partitions) => {
        const member = (index: number): GroupMember => ({ memberId: `member-${index}`, topics: ['a'] });
        const members = Array.from({ length: size }, (_, index) => member(index));
        const before = sticky(members, { a: partitions });
        const staying = keeping(members, before, 1).slice(1);
        const orphans = before['member-0']?.length ?? 0;
        expect(movedSince(before, sticky(staying, { a: partitions }))).toBe(orphans);
        const joined = sticky([...keeping(members, before, 1), member(size)], { a: partitions });
        expect(movedSince(before, joined)).toBe(Math.floor(partitions / (size + 1)));
      }),
    );
  });

  it('lets the claim of a newer generation win, and two of one generation lose', () => {
    const claim = (memberId: string, generation: number): GroupMember => ({
      memberId,
      topics: ['a'],
      owned: [0, 1].map((partition) => ({ topic: 'a', partition })),
      generation,
    });
    const other: TopicPartition[] = [0, 1].map((partition) => ({ topic: 'b', partition }));
    const third = { memberId: 'c', topics: ['b'], owned: other, generation: 2 };
    expect(sticky([claim('a', 1), claim('b', 2), third], { a: 2, b: 2 })).toEqual({
      a: [{ topic: 'a', partition: 0 }],
      b: [{ topic: 'a', partition: 1 }],
      c: other,
    });
    expect(sticky([claim('a', 2), claim('b', 2)], { a: 2 })).toEqual({
      a: [{ topic: 'a', partition: 0 }],
      b: [{ topic: 'a', partition: 1 }],
    });
  });
});

describe('The cooperative sticky assignor', () => {
  const { cooperativeSticky, sticky } = assignors;

  it('gives nobody a partition that somebody else still says they have', () => {
    fc.assert(
      fc.property(anyGroup, partitionsByTopic, (given, topics) => {
        const members = named(given);
        const assignment = cooperativeSticky(members, topics);
        for (const [memberId, partitions] of Object.entries(assignment)) {
          const held = members
            .filter((member) => member.memberId !== memberId)
            .flatMap((member) => (member.owned ?? []).map(({ topic, partition }) => `${topic}${partition}`));
          expect(partitions.filter(({ topic, partition }) => held.includes(`${topic}${partition}`))).toEqual([]);
        }
        expect(new Set(flat(assignment)).size).toBe(flat(assignment).length);
      }),
      { numRuns: 300 },
    );
  });

  it('comes to rest within some rounds, with everything given away', () => {
    fc.assert(
      fc.property(anyGroup, partitionsByTopic, (given, topics) => {
        let members = named(given);
        let before: Assignment = {};
        let after = cooperativeSticky(members, topics);
        for (let generation = 5; generation < 12 && !isDeepStrictEqual(before, after); generation += 1) {
          members = keeping(members, after, generation);
          [before, after] = [after, cooperativeSticky(members, topics)];
        }
        expect(after).toEqual(before);
        expect(flat(after).sort()).toEqual(all(members, topics).sort());
      }),
      { numRuns: 500 },
    );
  });

  it('needs two rounds among equals, in the second of which nobody loses anything', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.nat(30), fc.nat(6), (size, partitions, coming) => {
        const member = (index: number): GroupMember => ({ memberId: `member-${index}`, topics: ['a'] });
        const old = Array.from({ length: size }, (_, index) => member(index));
        const joined = [
          ...keeping(old, sticky(old, { a: partitions }), 1),
          ...Array.from({ length: coming }, (_, index) => member(size + index)),
        ];
        const first = cooperativeSticky(joined, { a: partitions });
        const second = cooperativeSticky(keeping(joined, first, 2), { a: partitions });
        expect(flat(second).sort()).toEqual(all(joined, { a: partitions }).sort());
        expect(isUneven(joined, second)).toBe(false);
        for (const [memberId, kept] of Object.entries(first)) {
          expect(second[memberId]).toEqual(expect.arrayContaining(kept));
        }
      }),
    );
  });
});
