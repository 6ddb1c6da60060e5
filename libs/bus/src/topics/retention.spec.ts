import { describe, expect, it } from 'vitest';
import { upkeepOf } from './retention.js';
import type { SegmentAge } from './retention.js';
import { resolveTopicConfig } from './topic.js';
import type { TopicConfig } from './topic.js';

const config = (given: Partial<TopicConfig>): TopicConfig => resolveTopicConfig('t', given);
const closed = (closedAtMs: number, bytes = 100, isCompacted = false): SegmentAge => {
  return { openedAtMs: 0, closedAtMs, bytes, isEmpty: false, isCompacted };
};
const active = (openedAtMs: number, bytes: number, isEmpty = false): SegmentAge => {
  return { openedAtMs, closedAtMs: null, bytes, isEmpty, isCompacted: false };
};

describe('upkeepOf', () => {
  it.each([
    ['young and small', active(900, 10), false],
    ['too old', active(0, 10), true],
    ['too large', active(900, 1_000), true],
    ['empty, however old', active(0, 10, true), false],
  ])('closes the segment that is written when it is due: %s', (_, segment, rotate) => {
    const due = upkeepOf([segment], config({ segmentMs: 1_000, segmentBytes: 1_000 }), 1_000);
    expect(due).toEqual({ rotate, drop: 0, compact: 0 });
  });

  it('drops from the oldest on what is past its time, and never what is written', () => {
    const segments = [closed(100), closed(200), closed(900), active(900, 10)];
    expect(upkeepOf(segments, config({ retentionMs: 500 }), 1_000).drop).toBe(2);
    expect(upkeepOf(segments, config({ retentionMs: -1 }), 1_000_000_000).drop).toBe(0);
    expect(upkeepOf(segments, config({ retentionMs: 0 }), 1_000_000_000).drop).toBe(3);
  });

  it('drops what is too much, and keeps as much as is to be kept', () => {
    const segments = [closed(1), closed(2), closed(3), active(3, 50)];
    const drop = (retentionBytes: number) => upkeepOf(segments, config({ retentionMs: -1, retentionBytes }), 10).drop;
    expect([50, 51, 150, 151, 250, 251, 350, 351].map(drop)).toEqual([3, 2, 2, 1, 1, 0, 0, 0]);
  });

  it('compacts when half of what is closed has not been through it, and leaves alone what is too young', () => {
    const compact = (segments: readonly SegmentAge[], given: Partial<TopicConfig> = {}) =>
      upkeepOf([...segments, active(0, 1)], config({ cleanupPolicy: 'compact', ...given }), 1_000).compact;
    expect(compact([])).toBe(0);
    expect(compact([closed(1)])).toBe(1);
    expect(compact([closed(1, 300, true), closed(2, 100)])).toBe(0);
    expect(compact([closed(1, 100, true), closed(2, 100)])).toBe(2);
    expect(compact([closed(1), closed(990)], { minCompactionLagMs: 100 })).toBe(1);
    expect(compact([closed(1, 100, true)])).toBe(0);
  });
});
