import { newId } from '@annals/message';
import { expect } from 'vitest';
import { startOf } from '../checkpoint.js';
import type { Checkpoint } from '../checkpoint.js';
import type { Log, LogBatch, RecordFilter } from '../log.js';
import type { LoggedRecord, LogRecord } from '../log-record.js';
import { partitionFor } from '../partition-for.js';
import type { AppendOutcome, StreamAppend, StreamAppended } from '../stream-append.js';
import type { WakesReaders } from '../wakes-readers.js';

/** A log that a contract suite has opened. */
export interface OpenLog {
  readonly log: Log & WakesReaders;
  /** Stops the log and removes what it left. */
  stop(): Promise<void>;
  /** Stops the log and opens it again on the same data; asked for when it `survivesRestart`. */
  restart?(): Promise<Log & WakesReaders>;
}

/** What the tests of one suite share: one log, in which each test uses streams of its own. */
export interface LogUnderTest {
  readonly log: Log & WakesReaders;
}

/** A record as a caller would hand it in, with an id of its own. */
export const aRecord = (given: Partial<LogRecord> = {}): LogRecord => ({
  id: newId(),
  type: 'Placed',
  version: 1,
  data: '{"total":"12.50"}',
  metadata: null,
  correlationId: null,
  tenant: null,
  ...given,
});

/** So many records. */
export const records = (howMany: number, given: Partial<LogRecord> = {}): LogRecord[] =>
  Array.from({ length: howMany }, () => aRecord(given));

/** A stream that no other test uses. */
export const aStream = (category = 'order'): string => `${category}-${newId()}`;

/** A stream that no other test uses, in the same partition as another, or in another one. */
export function aStreamBeside(stream: string, partitions: number, where: 'same' | 'other' = 'same'): string {
  const partition = partitionFor(stream, partitions);
  for (;;) {
    const beside = aStream();
    if ((partitionFor(beside, partitions) === partition) === (where === 'same')) return beside;
  }
}

/** Appends to one stream, which must succeed. */
export async function appendTo(log: Log, stream: string, given: readonly LogRecord[]): Promise<StreamAppended> {
  const [appended] = await appendAll(log, [{ stream, expected: 'any', records: given }]);
  if (appended === undefined) throw new Error('one append gave no result');
  return appended;
}

/** Appends a group, which must succeed. */
export async function appendAll(log: Log, appends: readonly StreamAppend[]): Promise<readonly StreamAppended[]> {
  const outcome = await log.append(appends);
  if (outcome.outcome !== 'appended') throw new Error(`not appended: ${JSON.stringify(outcome)}`);
  return outcome.appended;
}

/** All that stands in a stream. */
export const streamOf = (log: Log, stream: string): Promise<readonly LoggedRecord[]> =>
  log.readStream(stream, {}, 100_000, 'forwards');

/** Reads on in batches of `limit` until caught up, and checks each batch on the way. */
export async function readOn(
  log: Log,
  from: Checkpoint,
  limit: number,
  filter?: RecordFilter,
): Promise<{ records: LoggedRecord[]; checkpoint: Checkpoint }> {
  const all: LoggedRecord[] = [];
  let checkpoint = from;
  for (;;) {
    const batch = await log.readForwards(checkpoint, { limit, ...(filter && { filter }) });
    checkBatch(batch, limit, 'forwards');
    // Without this the loop would go on for ever.
    if (!batch.caughtUp) expect(batch.checkpoint).not.toEqual(checkpoint);
    batch.checkpoint.forEach((offset, partition) => {
      expect(offset).toBeGreaterThanOrEqual(checkpoint[partition] ?? 0);
    });
    all.push(...batch.records);
    checkpoint = batch.checkpoint;
    if (batch.caughtUp) return { records: all, checkpoint };
  }
}

/** Reads back in batches of `limit` until the start, or until `enough`. */
export async function readBack(
  log: Log,
  from: Checkpoint,
  limit: number,
  filter?: RecordFilter,
  enough = Infinity,
): Promise<LoggedRecord[]> {
  const all: LoggedRecord[] = [];
  let checkpoint = from;
  while (all.length < enough) {
    const batch = await log.readBackwards(checkpoint, { limit, ...(filter && { filter }) });
    checkBatch(batch, limit, 'backwards');
    all.push(...batch.records);
    if (batch.caughtUp) {
      expect(batch.checkpoint).toEqual(startOf(log.partitions));
      break;
    }
    expect(batch.checkpoint).not.toEqual(checkpoint);
    checkpoint = batch.checkpoint;
  }
  return all;
}

function checkBatch(batch: LogBatch, limit: number, direction: 'forwards' | 'backwards'): void {
  expect(batch.records.length).toBeLessThanOrEqual(limit);
  const positions = batch.records.map(({ position }) => position);
  const sorted = [...positions].sort((one, other) => (direction === 'forwards' ? one - other : other - one));
  expect(positions).toEqual(sorted);
}

/** Checks that of each partition the offsets follow one another without a hole, from those of `from` on. */
export function expectGapless(read: readonly LoggedRecord[], from: Checkpoint): void {
  const next = [...from];
  for (const { partition, offset } of read) {
    expect({ partition, offset }).toEqual({ partition, offset: next[partition] });
    next[partition] = offset + 1;
  }
}

/** The outcome without its positions, which may have holes. */
export const withoutPositions = (outcome: AppendOutcome): unknown =>
  outcome.outcome === 'appended'
    ? { ...outcome, appended: outcome.appended.map(({ position: _, ...rest }) => rest) }
    : outcome;
