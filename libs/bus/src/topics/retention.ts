import type { TopicConfig } from './topic.js';

/** What has to be known of a segment to decide what becomes of it. Times are milliseconds on one clock. */
export interface SegmentAge {
  readonly openedAtMs: number;
  /** Null while it is written. */
  readonly closedAtMs: number | null;
  readonly bytes: number;
  readonly isEmpty: boolean;
  /** Whether it is what an earlier compaction left. */
  readonly isCompacted: boolean;
}

/** What is to be done with a topic. */
export interface Upkeep {
  /** Close the segment that is written, and open the next. */
  readonly rotate: boolean;
  /** How many of the oldest segments may go. */
  readonly drop: number;
  /** How many of the oldest segments to make one of, with the newest record of each key; 0: none. */
  readonly compact: number;
}

/** Compaction waits until half of what is closed has not been through it (Kafka's min.cleanable.dirty.ratio). */
const DIRTY_SHARE = 0.5;

/**
 * What becomes of old records: whole closed segments go, never those that are written, however slow a group is (Kafka's
 * log.retention and log.cleaner).
 * @param segments in order, the one that is written last
 */
export function upkeepOf(segments: readonly SegmentAge[], config: TopicConfig, nowMs: number): Upkeep {
  const active = segments.at(-1);
  const closed = segments.slice(0, -1);
  return {
    rotate: active !== undefined && !active.isEmpty && isDue(active, config, nowMs),
    drop: config.cleanupPolicy === 'compact' ? 0 : expiredOf(segments, closed, config, nowMs),
    compact: config.cleanupPolicy === 'delete' ? 0 : cleanableOf(closed, config, nowMs),
  };
}

const isDue = ({ openedAtMs, bytes }: SegmentAge, { segmentMs, segmentBytes }: TopicConfig, nowMs: number): boolean =>
  bytes >= segmentBytes || nowMs - openedAtMs >= segmentMs;

function expiredOf(
  all: readonly SegmentAge[],
  closed: readonly SegmentAge[],
  { retentionMs, retentionBytes }: TopicConfig,
  nowMs: number,
): number {
  let left = all.reduce((sum, { bytes }) => sum + bytes, 0);
  let expired = 0;
  for (const { closedAtMs, bytes } of closed) {
    const tooOld = retentionMs >= 0 && closedAtMs !== null && nowMs - closedAtMs > retentionMs;
    // What is left without it must still be as much as is to be kept.
    const tooMuch = retentionBytes >= 0 && left - bytes >= retentionBytes;
    if (!tooOld && !tooMuch) break;
    left -= bytes;
    expired += 1;
  }
  return expired;
}

function cleanableOf(closed: readonly SegmentAge[], { minCompactionLagMs }: TopicConfig, nowMs: number): number {
  const old = closed.filter(({ closedAtMs }) => closedAtMs !== null && nowMs - closedAtMs >= minCompactionLagMs);
  const bytesOf = (some: readonly SegmentAge[]): number => some.reduce((sum, { bytes }) => sum + bytes, 0);
  const dirty = old.filter(({ isCompacted }) => !isCompacted);
  return dirty.length > 0 && bytesOf(dirty) >= bytesOf(old) * DIRTY_SHARE ? old.length : 0;
}
