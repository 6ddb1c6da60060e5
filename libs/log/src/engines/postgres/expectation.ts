import type { ExpectedRevision } from '../../stream-append.js';

const ANY = -1;
const STREAM_EXISTS = -2;
/** Several appends of a batch expect what no single look at the stream can answer. */
const APPEND_BY_APPEND = -3;

/** An expectation as the append functions take it. */
export function expectation(expected: ExpectedRevision): number {
  if (typeof expected === 'number') return expected;
  if (expected === 'no-stream') return 0;
  return expected === 'any' ? ANY : STREAM_EXISTS;
}

/**
 * What must be stored for a further append to a stream to be accepted together with those before it in the batch.
 * @param before what the appends before it need
 * @param next what the further one expects
 * @param events how many events stand before it in the batch
 */
export function storedExpectation(before: number, next: number, events: number): number {
  // What stands before it in the batch makes the stream exist.
  if (next === ANY || (next === STREAM_EXISTS && events > 0)) return before;
  const stored = next === STREAM_EXISTS ? next : next - events;
  // A revision below what stands before it in the batch; and no negative number may be taken for one of the words.
  if (next >= 0 && stored < 0) return APPEND_BY_APPEND;
  if (before === stored) return before;
  return before === ANY ? stored : APPEND_BY_APPEND;
}
