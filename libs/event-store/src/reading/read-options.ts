/** A range of one stream. */
export interface StreamRange {
  /** First revision, inclusive. @default 1 (backwards: the last) */
  readonly from?: number;
  /** Last revision, inclusive. @default the last (backwards: 1) */
  readonly to?: number;
  /** Events at the most. @default no limit */
  readonly limit?: number;
  /** @default 'forwards' */
  readonly direction?: 'forwards' | 'backwards';
}

/** Which events of the whole log, and how. */
export interface ReadAllOptions {
  /** Events at the most. @default no limit */
  readonly limit?: number;
  /** Backwards: newest first, from before `after` (default: the head). @default 'forwards' */
  readonly direction?: 'forwards' | 'backwards';
  /** Only these types, by stable name. */
  readonly types?: readonly string[];
  readonly category?: string;
  readonly correlationId?: string;
  /** Events per read of the database, which bounds memory. @default 1000 */
  readonly batchSize?: number;
}

/** A live tail. */
export interface TailOptions extends Omit<ReadAllOptions, 'limit' | 'direction'> {
  /** Ends the tail. */
  readonly signal?: AbortSignal;
  /** Looks for new events at least so often, milliseconds, should every wake-up be lost. @default 1000 */
  readonly pollMs?: number;
}
