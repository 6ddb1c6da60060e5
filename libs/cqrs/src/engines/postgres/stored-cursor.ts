import type { Checkpoint } from '@annals/log';
import type { StoredFailure } from '../../projecting/projection-storage.js';

/** A row of `read-cursors.sql`. */
export type StoredCursor = readonly [partition: number, offset: number, failure: string | null, failedAt: Date | null];

/** Where a projection goes on, by its cursors. */
export function checkpointIn(cursors: readonly StoredCursor[]): Checkpoint {
  const checkpoint = new Array<number>(cursors.length).fill(0);
  for (const [partition, offset] of cursors) checkpoint[partition] = offset;
  return checkpoint;
}

/** What stands in the way of cursors. */
export const failuresIn = (cursors: readonly StoredCursor[]): StoredFailure[] =>
  cursors.flatMap(([partition, , message, since]) =>
    message === null || since === null ? [] : [{ partition, message, since }],
  );
