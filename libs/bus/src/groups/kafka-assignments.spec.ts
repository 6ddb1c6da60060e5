import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Assignment, GroupMember, PartitionsByTopic } from './assignor.js';
import { assignors } from './assignors.js';

interface Case {
  readonly name: string;
  readonly members: readonly GroupMember[];
  readonly partitionsByTopic: PartitionsByTopic;
  readonly assignment: Assignment;
}
type Table = Readonly<Record<'range' | 'roundRobin', readonly Case[]>>;
const table = JSON.parse(readFileSync(new URL('./kafka-assignments.json', import.meta.url), 'utf8')) as Table;

describe.each(['range', 'roundRobin'] as const)('The assignor %s', (name) => {
  it('has the cases of Kafka’s own test to hold itself against', () => {
    expect(table[name].length).toBeGreaterThanOrEqual(14);
  });

  it.each(table[name])('does in the case $name what Kafka does, whoever is named first', (given) => {
    expect(assignors[name](given.members, given.partitionsByTopic)).toEqual(given.assignment);
    expect(assignors[name]([...given.members].reverse(), given.partitionsByTopic)).toEqual(given.assignment);
  });

  it('refuses two members of one id and a number of partitions that is none, and names both', () => {
    const twice = [1, 2].map(() => ({ memberId: 'a', topics: ['t'] }));
    expect(() => assignors[name](twice, { t: -1 })).toThrow(/named "a".*-1 partitions/);
  });
});
