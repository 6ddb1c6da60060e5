import type { Codec } from '@annals/message';

/** An append that may be a reason for a snapshot. */
export interface SnapshotMoment {
  /** Of the stream before the append; when a state was loaded, of the snapshot it was loaded from, 0 without one. */
  readonly before: number;
  /** Of the stream now. */
  readonly after: number;
}

/** When snapshots of a state are taken, and of which shape they are. */
export interface SnapshotOptions {
  /**
   * Takes one whenever the stream has passed another so many events, however many one append has: at 100, an append from
   * revision 95 to 107 leaves one at 107. @default 100
   */
  readonly every?: number;
  /** Decides in place of `every`. */
  readonly when?: (moment: SnapshotMoment) => boolean;
  /**
   * Of the state's shape and of how events change it. Raise it when either changes: snapshots of other versions are
   * passed over, and the stream is replayed. @default 1
   */
  readonly version?: number;
  /** For values in the state that are neither plain nor Date, bigint, Map or Set. @default [] */
  readonly codecs?: readonly Codec[];
}

/** The options with their defaults. */
export interface SnapshotPolicy {
  readonly version: number;
  readonly codecs: readonly Codec[];
  /** Whether to take one. */
  readonly isDue: (moment: SnapshotMoment) => boolean;
}

// integer in the snapshot table.
const MAX_VERSION = 2_147_483_647;

/** @throws RangeError naming every option at fault */
export function snapshotPolicy({ every = 100, when, version = 1, codecs = [] }: SnapshotOptions): SnapshotPolicy {
  const faults: string[] = [];
  if (!Number.isSafeInteger(every) || every < 1) faults.push('every must be a whole number from 1 on');
  if (!Number.isInteger(version) || version < 0 || version > MAX_VERSION) {
    faults.push(`version must be a whole number from 0 to ${MAX_VERSION}`);
  }
  if (faults.length > 0) throw new RangeError(`SnapshotOptions: ${faults.join('; ')}`);
  const passed = ({ before, after }: SnapshotMoment): boolean =>
    Math.floor(before / every) !== Math.floor(after / every);
  return { version, codecs, isDue: when ?? passed };
}
