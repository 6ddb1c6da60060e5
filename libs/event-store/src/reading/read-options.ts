import type { OfTenant } from '../stream/key-of.js';

/** A range of one stream. */
export interface StreamRange extends OfTenant {
  /** Lowest revision, inclusive, in either direction. @default 1 */
  readonly from?: number;
  /** Highest revision, inclusive, in either direction. @default the last */
  readonly to?: number;
  /** Events at the most. @default no limit */
  readonly limit?: number;
  /** Backwards: the newest of the range first. @default 'forwards' */
  readonly direction?: 'forwards' | 'backwards';
  /** Events per read of the database, which bounds memory: two such pages are held at the most. @default 1024 */
  readonly batchSize?: number;
  /** Reads the events of an archived stream; of any other there are none. @default false */
  readonly archived?: boolean;
}

/** A range of one stream to rebuild a state from. */
export type ReplayRange = Omit<StreamRange, 'archived' | 'direction' | 'limit'>;

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
  /** Only this tenant's. @default the tenant of the surrounding `withMetadata`; without one, all tenants' */
  readonly tenant?: string;
  /** Also inside `withMetadata` of a tenant: everybody's. @default false */
  readonly allTenants?: boolean;
  /**
   * Only these partitions, each read by itself: each stream in order, but nothing about the order across partitions. Not
   * backwards. @default all, merged: cause before effect
   */
  readonly partitions?: readonly number[];
  /** Events per read of the database, which bounds memory: two such batches are held at the most. @default 1000 */
  readonly batchSize?: number;
}

/** A live tail. */
export interface TailOptions extends Omit<ReadAllOptions, 'limit' | 'direction'> {
  /** Ends the tail. */
  readonly signal?: AbortSignal;
  /** Looks for new events at least so often, milliseconds, should every wake-up be lost. @default 1000 */
  readonly pollMs?: number;
}
