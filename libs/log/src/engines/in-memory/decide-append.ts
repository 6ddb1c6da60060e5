import { CLOSED } from '../../closing.js';
import type { LoggedRecord, LogRecord } from '../../log-record.js';
import type { Revision } from '../../numbers.js';
import { count } from '../../numbers.js';
import type { AppendOutcome, ExpectedRevision, StreamAppend, StreamAppended } from '../../stream-append.js';
import type { PartitionStore } from './partition-store.js';

/** Where the streams of a log lie. */
export interface Places {
  partitionOf(stream: string): number;
  store(partition: number): PartitionStore;
}

/** What stands in the way of a group of appends, or that it has been appended before; undefined: go on. */
export function decideAppend(appends: readonly StreamAppend[], places: Places): AppendOutcome | undefined {
  // Repetition comes before the revision check: the first time has moved the revision.
  return repetition(appends, places) ?? conflict(appends, places);
}

/** All ids stored, in this order in these streams: the first result. Some, or one twice: refused. None: undefined. */
function repetition(appends: readonly StreamAppend[], places: Places): AppendOutcome | undefined {
  const seen = new Set<string>();
  let stored = 0;
  let records = 0;
  let reused: string | undefined;
  for (const { stream, records: given } of appends) {
    const partition = places.partitionOf(stream);
    for (const { id } of given) {
      records += 1;
      // An id is unique in its partition.
      if (seen.has(`${partition} ${id}`)) return { outcome: 'id-reused', stream };
      seen.add(`${partition} ${id}`);
      if (places.store(partition).withId(id) === undefined) continue;
      stored += 1;
      reused ??= stream;
    }
  }
  if (reused === undefined) return undefined;
  const first = stored === records ? firstResult(appends, places) : undefined;
  return first === undefined ? { outcome: 'id-reused', stream: reused } : { outcome: 'appended', appended: first };
}

function firstResult(appends: readonly StreamAppend[], places: Places): readonly StreamAppended[] | undefined {
  const results: StreamAppended[] = [];
  for (const { stream, records } of appends) {
    const partition = places.partitionOf(stream);
    const store = places.store(partition);
    const stored = records.map(({ id }) => store.withId(id));
    const last = stored.at(-1);
    if (!inOneRun(stored, stream)) return undefined;
    results.push(last === undefined ? nothingAppended(stream, partition, store) : resultOf(last));
  }
  return results;
}

const inOneRun = (stored: readonly (LoggedRecord | undefined)[], stream: string): boolean =>
  stored.every((record, at) => record?.stream === stream && record.revision === (stored[0]?.revision ?? 0) + at);

const nothingAppended = (stream: string, partition: number, store: PartitionStore): StreamAppended => ({
  stream,
  partition,
  revision: store.revision(stream),
  nextOffset: count(0),
  position: count(0),
});

/** The result of an append whose last record this is. */
const resultOf = ({ stream, partition, revision, offset, position }: LoggedRecord): StreamAppended => ({
  stream,
  partition,
  revision,
  nextOffset: count(offset + 1),
  position,
});

/**
 * The first expectation that does not hold, each seen after the group's own earlier appends; the actual revision is the
 * stored one, since none of the group will be there.
 */
function conflict(appends: readonly StreamAppend[], places: Places): AppendOutcome | undefined {
  const revisions = new Map<string, number>();
  for (const { stream, expected, records } of appends) {
    const stored = places.store(places.partitionOf(stream)).revision(stream);
    const revision = revisions.get(stream) ?? stored;
    if (stored === CLOSED || !holds(expected, revision))
      return { outcome: 'conflict', stream, expected, actual: stored };
    revisions.set(stream, revision + records.length);
  }
  return undefined;
}

function holds(expected: ExpectedRevision, actual: number): boolean {
  switch (expected) {
    case 'any':
      return true;
    case 'no-stream':
      return actual === 0;
    case 'stream-exists':
      return actual > 0;
    default:
      return actual === expected;
  }
}

/** Appends without asking: what `decideAppend` has let pass. */
export function writeAppend(
  { stream, records }: StreamAppend,
  places: Places,
  nextPosition: () => number,
  now: () => number,
): StreamAppended {
  const partition = places.partitionOf(stream);
  const store = places.store(partition);
  let last: LoggedRecord | undefined;
  for (const record of records) {
    last = logged(record, stream, partition, store, nextPosition(), now());
    store.push(last);
  }
  return last === undefined ? nothingAppended(stream, partition, store) : resultOf(last);
}

/** A record as it will stand at the end of its partition. */
export function logged(
  record: LogRecord,
  stream: string,
  partition: number,
  store: PartitionStore,
  position: number,
  time: number,
  revision: Revision = count(store.revision(stream) + 1),
): LoggedRecord {
  return {
    id: record.id,
    type: record.type,
    version: record.version,
    data: record.data,
    metadata: record.metadata,
    correlationId: record.correlationId,
    tenant: record.tenant,
    stream,
    revision,
    partition,
    offset: count(store.records.length),
    position: count(position),
    recordedAt: new Date(Math.max(store.lastTime, time)),
  };
}
