import type { Log, LogBatch } from '@annals/log';
import { startOf } from '@annals/log';
import type { PersonalDataParts } from '../shredding/personal-data.js';
import { PersonalData } from '../shredding/personal-data.js';
import type { Transform } from './copied-event.js';
import type { CopyCounts, CopyState } from './copy-progress.js';
import { CopyProgress } from './copy-progress.js';
import { CopyRefused } from './copy-refused.js';
import { EventCopier } from './event-copier.js';

/** What a store stands on, as far as a copy needs it. */
export interface StoreToCopy {
  readonly log: Log;
  /** @default none: an event with personal data ends the copy */
  readonly personal?: PersonalDataParts | undefined;
}

/** How far a copy is, and how fast. */
export interface CopyStatus extends CopyCounts {
  /** Events in the source when this run began, closed and dropped ones with them. */
  readonly total: number;
  /** Events read each second in this run. */
  readonly perSecond: number;
  /** Milliseconds until the end, at that rate. */
  readonly remainingMs: number;
}

/** How a store is copied. */
export interface CopyOptions {
  readonly from: StoreToCopy;
  /** An empty store, or one that an earlier run of this copy has left. */
  readonly to: StoreToCopy;
  /** What becomes of each event. Must answer the same for the same event, should the copy be gone on with. @default itself */
  readonly transform?: Transform;
  /** Events in a batch, which is in or not as a whole. @default 500 */
  readonly batchSize?: number;
  /** Told after each batch. */
  readonly onProgress?: (status: CopyStatus) => void;
  /** Ends the copy between two batches, with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Milliseconds of a clock that never goes back. @default performance.now */
  readonly now?: () => number;
}

const BATCH = 500;

/**
 * Copies all events into another store, changed on the way: the way out of an event that must not have been written. The
 * order in which effects follow on causes is kept; ids stay; revisions and offsets are drawn anew; when an event was
 * recorded stands in its metadata, as `originallyRecordedAt`. Streams that are archived or tombstoned are not copied:
 * restore those that shall come along. Personal data is encrypted anew with keys of the target; what is shredded stays so.
 *
 * It may be run again after whatever ended it, and goes on there; also while the source is still written to, a last time
 * when that has ended.
 * @throws CopyRefused (`STORE_COPY_REFUSED`) when the target has other events, or another copy is under way; what
 *   `transform` throws; NoKeyStore (`STORE_NO_KEY_STORE`), LogUnavailable (`LOG_UNAVAILABLE`)
 */
export async function copyStore(options: CopyOptions): Promise<CopyCounts> {
  const { from, to, transform = (event) => event, batchSize = BATCH, signal, now = () => performance.now() } = options;
  if (!Number.isSafeInteger(batchSize) || batchSize < 1)
    throw new RangeError('CopyOptions: batchSize must be at least 1');
  const progress = new CopyProgress(to.log, await from.log.incarnation());
  const copier = new EventCopier(new PersonalData(from.personal), new PersonalData(to.personal), transform);
  let state = await progress.last();
  if (state === undefined) {
    if ((await to.log.head()).some((offset) => offset > 0)) {
      throw new CopyRefused('the target has events that are of no copy of this store; give an empty one');
    }
    state = { checkpoint: startOf(from.log.partitions), read: 0, written: 0, dropped: 0, closedStreams: 0 };
  }
  const meter = new Meter(state.read, await leftAfter(state, from.log), now);
  for (;;) {
    signal?.throwIfAborted();
    const batch = await from.log.readForwards(state.checkpoint, { limit: batchSize });
    if (batch.records.length > 0) {
      state = await copyBatch(batch, state, copier, progress, to.log);
      options.onProgress?.(meter.status(state));
    }
    if (batch.caughtUp) return countsOf(state);
    state = { ...state, checkpoint: batch.checkpoint };
  }
}

async function copyBatch(
  { records, checkpoint }: LogBatch,
  before: CopyState,
  copier: EventCopier,
  progress: CopyProgress,
  target: Log,
): Promise<CopyState> {
  const { appends, written, dropped, closedStreams } = await copier.copy(records);
  const state = {
    checkpoint,
    read: before.read + records.length,
    written: before.written + written,
    dropped: before.dropped + dropped,
    closedStreams: before.closedStreams + closedStreams,
  };
  const outcome = await target.append([...appends, progress.next(state)]);
  if (outcome.outcome === 'conflict' && progress.isOwn(outcome.stream)) {
    throw new CopyRefused('another process is copying into the same target; let one of them finish');
  }
  if (outcome.outcome !== 'appended') {
    throw new CopyRefused(`the target does not take what is copied to stream ${outcome.stream}: give an empty one`);
  }
  progress.moved();
  return state;
}

async function leftAfter({ checkpoint }: CopyState, log: Log): Promise<number> {
  const head = await log.head();
  return head.reduce((left, offset, partition) => left + offset - (checkpoint[partition] ?? 0), 0);
}

const countsOf = ({ read, written, dropped, closedStreams }: CopyState): CopyCounts => ({
  read,
  written,
  dropped,
  closedStreams,
});

/** Tells how fast a run is. */
class Meter {
  private readonly started: number;

  constructor(
    private readonly readBefore: number,
    private readonly left: number,
    private readonly now: () => number,
  ) {
    this.started = now();
  }

  status(state: CopyState): CopyStatus {
    const read = state.read - this.readBefore;
    const elapsedMs = Math.max(this.now() - this.started, 1);
    const perSecond = (read / elapsedMs) * 1_000;
    const remainingMs = (Math.max(this.left - read, 0) / perSecond) * 1_000;
    return { ...countsOf(state), total: this.readBefore + this.left, perSecond, remainingMs };
  }
}
