import type { Revision } from '../../numbers.js';
import { partitionFor } from '../../partition-for.js';
import type { AppendOutcome, StreamAppend, StreamAppended } from '../../stream-append.js';
import type { Offset, Position } from '../../numbers.js';

/** Appends that go in together or not at all. */
export type AppendGroup = readonly StreamAppend[];

/**
 * What the batch made of one group. Neither in nor refused are a group whose partition another holds, and one in a
 * surrounding transaction of which ids are stored already.
 */
export type GroupOutcome = AppendOutcome | { readonly outcome: 'locked' } | { readonly outcome: 'stored' };

/** The row that the append functions return; arrays have one entry per append. */
export type BatchRow = readonly [outcome: number[], revision: number[], nextOffset: number[], position: number[]];

const APPENDED = 0;
const CONFLICT = 1;
const LOCKED = 2;
const STORED = 4;

/** What the row says of each group, in order. */
export function groupOutcomes(groups: readonly AppendGroup[], row: BatchRow, partitions: number): GroupOutcome[] {
  let first = 0;
  return groups.map((group) => {
    const outcome = groupOutcome(group, first, row, partitions);
    first += group.length;
    return outcome;
  });
}

function groupOutcome(group: AppendGroup, first: number, row: BatchRow, partitions: number): GroupOutcome {
  const [outcomes, revisions, nextOffsets, positions] = row;
  const appended: StreamAppended[] = [];
  for (const [index, { stream, expected }] of group.entries()) {
    const at = first + index;
    const revision = revisions[at] as Revision;
    switch (outcomes[at]) {
      case APPENDED:
        appended.push({
          stream,
          partition: partitionFor(stream, partitions),
          revision,
          nextOffset: nextOffsets[at] as Offset,
          position: positions[at] as Position,
        });
        break;
      case CONFLICT:
        return { outcome: 'conflict', stream, expected, actual: revision };
      case LOCKED:
        return { outcome: 'locked' };
      case STORED:
        return { outcome: 'stored' };
      default:
        // Another append of this group is at fault, and says how.
        break;
    }
  }
  return { outcome: 'appended', appended };
}
