import type { Revision } from './numbers.js';

/**
 * The revision of the marker that closes a stream: no exact expectation meets it and nothing can follow on it, so an
 * append need not look for anything else than the stream's last revision, as it does anyway.
 */
export const CLOSED = Number.MAX_SAFE_INTEGER as Revision;

/** The types of the markers. */
export const ARCHIVED = '$archived';
export const TOMBSTONED = '$tombstoned';

/** How a stream is closed: for a while, or for good. */
export type Closing = typeof ARCHIVED | typeof TOMBSTONED;

/** What became of a request to close a stream. */
export type CloseOutcome =
  /** It is closed now. */
  | 'closed'
  /** It was closed so before. */
  | 'closed-already'
  /** It has no records. */
  | 'no-stream'
  /** It is gone for good, and cannot be archived. */
  | 'tombstoned';

/** What became of a request to open an archived stream again. */
export type RestoreOutcome = 'restored' | 'not-archived';
