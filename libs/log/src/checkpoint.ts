import { InvalidCheckpoint } from './invalid-checkpoint.js';
import type { StreamAppended } from './stream-append.js';

/**
 * What a reader has durably done: for each partition the offset to go on from (Kafka's committed offset), so 0 is the
 * start. Readers keep this and never a position: offsets become visible in order, positions do not.
 */
export type Checkpoint = readonly number[];

/** The checkpoint before the first record of a log of `partitions` partitions. */
export const startOf = (partitions: number): Checkpoint => new Array<number>(partitions).fill(0);

/** The checkpoint that has done what either of the two has. */
export const latest = (one: Checkpoint, other: Checkpoint): Checkpoint =>
  one.map((offset, partition) => Math.max(offset, other[partition] ?? 0));

/** What a reader must have done to have seen all of `appended`. */
export function checkpointAfter(appended: readonly StreamAppended[], partitions: number): Checkpoint {
  const checkpoint = new Array<number>(partitions).fill(0);
  for (const { partition, nextOffset } of appended) {
    checkpoint[partition] = Math.max(checkpoint[partition] ?? 0, nextOffset);
  }
  return checkpoint;
}

/** Whether a reader at `done` has done all that `wanted` names. */
export const covers = (done: Checkpoint, wanted: Checkpoint): boolean =>
  wanted.every((offset, partition) => (done[partition] ?? 0) >= offset);

/** @throws InvalidCheckpoint (`LOG_INVALID_CHECKPOINT`) unless there is one safe offset from 0 on for each partition */
export function checkCheckpoint(checkpoint: Checkpoint, partitions: number): Checkpoint {
  if (checkpoint.length !== partitions) {
    throw new InvalidCheckpoint(`A checkpoint of ${checkpoint.length} partitions does not fit a log of ${partitions}`);
  }
  const wrong = checkpoint.findIndex((offset) => !Number.isSafeInteger(offset) || offset < 0);
  if (wrong >= 0)
    throw new InvalidCheckpoint(
      `Partition ${wrong} has offset ${String(checkpoint[wrong])}: not a whole number from 0 on`,
    );
  return checkpoint;
}
