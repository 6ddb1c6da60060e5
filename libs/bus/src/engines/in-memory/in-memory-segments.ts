import { upkeepOf } from '../../topics/retention.js';
import type { TopicConfig } from '../../topics/topic.js';
import type { StoredRecord } from '../../topics/topic-record.js';

interface Segment {
  /** The first offset of each partition; of one added later: none, it begins at 0. */
  readonly bases: readonly number[];
  readonly openedAtMs: number;
  ends: readonly number[] | null;
  closedAtMs: number | null;
  isCompacted: boolean;
}

/** Where the parts of a topic in memory begin and end, so that whole parts grow old as they do on disk. */
export class InMemorySegments {
  #segments: Segment[];
  /** When tombstones that compaction has met may go, by partition and offset. */
  readonly #expiries = new Map<string, number>();

  /** @param records of each partition, by offset */
  constructor(
    private readonly records: StoredRecord[][],
    partitions: number,
    nowMs: number,
  ) {
    this.#segments = [opened(new Array<number>(partitions).fill(0), nowMs)];
  }

  /** The first offset of a partition that may still be there. */
  startOf(partition: number): number {
    return this.#segments[0]?.bases[partition] ?? 0;
  }

  /** The next offset of a partition. */
  endOf(partition: number): number {
    const base = this.#segments.at(-1)?.bases[partition] ?? 0;
    return Math.max(base, (this.records[partition]?.at(-1)?.offset ?? -1) + 1);
  }

  /** Closes, removes and compacts what is due. */
  maintain(config: TopicConfig, nowMs: number): void {
    const ages = this.#segments.map((segment) => ({ ...segment, ...this.#sizeOf(segment) }));
    const { rotate, drop, compact } = upkeepOf(ages, config, nowMs);
    const active = this.#segments.at(-1);
    if (rotate && active !== undefined) {
      const ends = this.records.map((_, partition) => this.endOf(partition));
      Object.assign(active, { ends, closedAtMs: nowMs });
      this.#segments.push(opened(ends, nowMs));
    }
    const dropped = this.#segments.splice(0, drop).at(-1);
    for (const [partition, records] of this.records.entries()) {
      const from = dropped?.ends?.[partition] ?? 0;
      records.splice(0, records.filter(({ offset }) => offset < from).length);
    }
    if (compact > drop) this.#compact(this.#segments.slice(0, compact - drop), config, nowMs);
  }

  #compact(oldest: readonly Segment[], { deleteRetentionMs }: TopicConfig, nowMs: number): void {
    const [first, last] = [oldest[0], oldest.at(-1)];
    if (first === undefined || last === undefined) return;
    for (const [partition, records] of this.records.entries()) {
      const end = last.ends?.[partition] ?? 0;
      const newest = new Map(records.filter(({ offset }) => offset < end).map(({ key, offset }) => [key, offset]));
      const kept = records.filter((record) => {
        if (record.offset >= end) return true;
        if (newest.get(record.key) !== record.offset) return false;
        return record.value !== null || !this.#isExpired(record, nowMs + deleteRetentionMs, nowMs);
      });
      records.splice(0, records.length, ...kept);
    }
    this.#segments.splice(0, oldest.length, {
      ...last,
      bases: first.bases,
      openedAtMs: first.openedAtMs,
      isCompacted: true,
    });
  }

  /** A tombstone goes when it has been kept for long enough since compaction first met it. */
  #isExpired({ partition, offset }: StoredRecord, untilMs: number, nowMs: number): boolean {
    const name = `${partition} ${offset}`;
    const expiry = this.#expiries.get(name);
    if (expiry === undefined) this.#expiries.set(name, untilMs);
    return expiry !== undefined && expiry <= nowMs;
  }

  #sizeOf({ bases, ends }: Segment): { readonly bytes: number; readonly isEmpty: boolean } {
    let bytes = 0;
    for (const [partition, records] of this.records.entries()) {
      for (const { offset, key, value, headers } of records) {
        if (offset < (bases[partition] ?? 0) || offset >= (ends?.[partition] ?? Infinity)) continue;
        bytes += 1 + (key?.length ?? 0) + (value?.length ?? 0) + (headers?.length ?? 0);
      }
    }
    return { bytes, isEmpty: bytes === 0 };
  }
}

const opened = (bases: readonly number[], openedAtMs: number): Segment => {
  return { bases, openedAtMs, ends: null, closedAtMs: null, isCompacted: false };
};
