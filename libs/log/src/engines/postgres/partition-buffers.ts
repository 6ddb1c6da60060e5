import type { Checkpoint } from '../../checkpoint.js';
import type { MergedRow } from './postgres-record.js';

const OFFSET = 6;
const POSITION = 7;
const PARTITION = 11;
const READ_TO = 13;
const GOES_ON = 14;

/** Fewer partitions than these still get a share as if they were so many: what is buffered stays within bounds. */
const LEAST_SHARES = 2;

/** What to read next: the partitions, the offset to go on from in each, and how many records of each at the most. */
export interface PartitionsToRead {
  readonly partitions: readonly number[];
  readonly offsets: readonly number[];
  readonly most: number;
}

/**
 * Merges partitions by position (DESIGN L4). What was read of a partition but lies behind the end of another that was cut
 * short is kept for the next batch: with events that come in runs of one stream nearly all of each read would otherwise
 * be thrown away and read again.
 *
 * ```
 *   partition 3  ──── 12 15 16 │ cut short: behind 16 there is more    → nothing beyond 16 may be given out
 *   partition 7  ─ 11 13 14 ───┼─ 17 21 │ cut short                    → 17 and 21 stay here
 *   partition 9  ──────────────┼──── 19 ── read to its end             → 19 stays, and its end is looked at again
 * ```
 * A partition that was read to its end is read again with every statement: what is committed there meanwhile may be the
 * cause of what the statement shows elsewhere.
 */
export class PartitionBuffers {
  private readonly rows: MergedRow[][];
  private readonly readTo: number[];
  private readonly cut: boolean[];
  /** Those that gave all they were asked for, so that there is probably more at once. */
  private readonly full: boolean[];

  constructor(from: Checkpoint) {
    this.rows = from.map(() => []);
    this.readTo = [...from];
    this.cut = from.map(() => false);
    this.full = from.map(() => false);
  }

  /** @param limit records that a batch may have */
  toRead(limit: number): PartitionsToRead {
    const partitions = [...this.rows.keys()].filter(
      (partition) => !this.cut[partition] || this.rowsOf(partition).length === 0,
    );
    const most = Math.max(1, Math.floor(limit / Math.max(LEAST_SHARES, partitions.length)));
    return { partitions, offsets: partitions.map((partition) => this.readTo[partition] ?? 0), most };
  }

  /** Takes in the answer to what was to be read; rows of one partition in the order of their offsets. */
  add({ partitions, most }: PartitionsToRead, rows: readonly MergedRow[]): void {
    const found = new Map<number, number>();
    for (const partition of partitions) this.cut[partition] = this.full[partition] = false;
    for (const row of rows) {
      const partition = row[PARTITION];
      if (row[READ_TO] !== undefined) this.readTo[partition] = row[READ_TO];
      if (row[GOES_ON] === true) this.cut[partition] = true;
      // A partition without such records still says how far it was read.
      if ((row[OFFSET] as number | null) === null) continue;
      this.rowsOf(partition).push(row);
      found.set(partition, (found.get(partition) ?? 0) + 1);
    }
    for (const [partition, count] of found) {
      const last = this.rowsOf(partition).at(-1);
      if (last === undefined) continue;
      if (count === most) this.cut[partition] = this.full[partition] = true;
      if (count === most || last[READ_TO] === undefined) this.readTo[partition] = last[OFFSET] + 1;
    }
  }

  /** Gives out the next rows by position. @param limit so many at the most */
  take(limit: number): MergedRow[] {
    const bound = this.bound();
    const ready = this.rows
      .flatMap((rows) => rows.slice(0, readyIn(rows, bound)))
      .sort((one, other) => one[POSITION] - other[POSITION])
      .slice(0, limit);
    const taken = new Map<number, number>();
    for (const row of ready) taken.set(row[PARTITION], (taken.get(row[PARTITION]) ?? 0) + 1);
    for (const [partition, count] of taken) this.rowsOf(partition).splice(0, count);
    return ready;
  }

  /** Past all that was given out or filtered away. */
  checkpoint(): Checkpoint {
    return this.rows.map((rows, partition) => rows[0]?.[OFFSET] ?? this.readTo[partition] ?? 0);
  }

  /** Whether there was nothing more at the last read, and all of it has been given out. */
  get isEmpty(): boolean {
    return !this.cut.includes(true) && this.rows.every(({ length }) => length === 0);
  }

  /** Whether a partition that probably has more stands in the way of the others. */
  get hasRunDry(): boolean {
    return this.full.some((isFull, partition) => isFull && this.rowsOf(partition).length === 0);
  }

  /** The smallest last position among the partitions that were cut short: behind it one of their records may be missing. */
  private bound(): number {
    let bound = Infinity;
    for (const [partition, isCut] of this.cut.entries()) {
      if (isCut) bound = Math.min(bound, this.rowsOf(partition).at(-1)?.[POSITION] ?? -1);
    }
    return bound;
  }

  private rowsOf(partition: number): MergedRow[] {
    return this.rows[partition] ?? [];
  }
}

function readyIn(rows: readonly MergedRow[], bound: number): number {
  const end = rows.findIndex((row) => row[POSITION] > bound);
  return end < 0 ? rows.length : end;
}
