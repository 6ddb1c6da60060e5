import type { Checkpoint } from '../../checkpoint.js';
import type { LogBatch } from '../../log.js';
import type { LoggedRecord } from '../../log-record.js';

/** What was read of one partition, in the order of reading. */
export interface PartitionRead {
  readonly records: readonly LoggedRecord[];
  /** Where to go on when all of `records` are handed out. */
  readonly goOnAt: number;
  /** Whether more of what the reader wants lies beyond. */
  readonly cutShort: boolean;
}

/**
 * Merges what was read of each partition by position, and stops where a partition that was cut short ends: beyond it
 * an effect could come before a cause that has not been read.
 * @param reads one for each partition
 * @param limit records at the most
 * @param direction of reading; backwards, the later position comes first
 */
export function mergePartitions(
  reads: readonly PartitionRead[],
  limit: number,
  direction: 'forwards' | 'backwards',
): LogBatch {
  const sign = direction === 'forwards' ? 1 : -1;
  const stopAt = Math.min(
    ...reads.filter((read) => read.cutShort).map((read) => sign * (read.records.at(-1)?.position ?? 0)),
  );
  const records = reads
    .flatMap((read) => read.records)
    .filter((record) => sign * record.position <= stopAt)
    .sort((one, other) => sign * (one.position - other.position))
    .slice(0, limit);
  const handedOut = new Array<number>(reads.length).fill(0);
  for (const { partition } of records) handedOut[partition] = (handedOut[partition] ?? 0) + 1;
  const checkpoint: Checkpoint = reads.map((read, partition) => {
    const next = read.records[handedOut[partition] ?? 0];
    if (next === undefined) return read.goOnAt;
    return direction === 'forwards' ? next.offset : next.offset + 1;
  });
  const total = reads.reduce((sum, read) => sum + read.records.length, 0);
  return { records, checkpoint, caughtUp: records.length === total && !reads.some((read) => read.cutShort) };
}
