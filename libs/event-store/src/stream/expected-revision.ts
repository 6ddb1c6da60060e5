import type { ExpectedRevision } from '@annals/log';
import { InvalidExpectedRevision } from './invalid-expected-revision.js';

/**
 * @returns the expectation
 * @throws InvalidExpectedRevision (`STORE_INVALID_EXPECTED_REVISION`) unless it is a safe integer from 0 on, or one of the words
 */
export function checkExpectedRevision(stream: string, expected: unknown): ExpectedRevision {
  if (typeof expected === 'number') {
    if (Number.isSafeInteger(expected) && expected >= 0) return expected;
  } else if (expected === 'any' || expected === 'no-stream' || expected === 'stream-exists') {
    return expected;
  }
  throw new InvalidExpectedRevision(stream, expected);
}
