import type { Checkpoint, Log, LogBatch, RecordFilter } from '@annals/log';

/** Reads on in the log, from a checkpoint on, so many records at the most. */
export type ReadLog = (from: Checkpoint, limit: number) => Promise<LogBatch>;

/**
 * How a reader reads forwards: all partitions merged, cause before effect; or some of them, each by itself, which tells
 * nothing about the order across them.
 */
export function readLog(log: Log, filter: RecordFilter | undefined, partitions?: readonly number[]): ReadLog {
  if (partitions !== undefined) return (from, limit) => readSome(log, filter, partitions, from, limit);
  return (from, limit) => log.readForwards(from, { limit, ...(filter === undefined ? {} : { filter }) });
}

/** A read that brought something cannot tell whether there is more, and lets the next one find out. */
async function readSome(
  log: Log,
  filter: RecordFilter | undefined,
  partitions: readonly number[],
  from: Checkpoint,
  limit: number,
): Promise<LogBatch> {
  const share = Math.ceil(limit / partitions.length);
  const wanted = partitions.map((partition) => ({ partition, offset: from[partition] ?? 0, limit: share }));
  const found = await log.readPartitions(wanted, filter);
  const checkpoint = [...from];
  for (const { partition, scannedTo } of found) checkpoint[partition] = scannedTo;
  const moved = found.some(({ partition, scannedTo }) => scannedTo !== (from[partition] ?? 0));
  return { records: found.flatMap(({ records }) => records), checkpoint, caughtUp: !moved };
}
