import { EventIdReused } from './event-id-reused.js';
import type { AppendOutcome, StreamAppended } from './stream-append.js';
import { CLOSED } from './closing.js';
import { StreamClosed } from './stream-closed.js';
import { WrongExpectedRevision } from './wrong-expected-revision.js';

/**
 * The results of an append that must have succeeded.
 * @throws WrongExpectedRevision (`STORE_WRONG_EXPECTED_REVISION`), EventIdReused (`STORE_EVENT_ID_REUSED`), StreamClosed
 *   (`STORE_STREAM_CLOSED`)
 */
export function appendedOrThrow(outcome: AppendOutcome): readonly StreamAppended[] {
  switch (outcome.outcome) {
    case 'appended':
      return outcome.appended;
    case 'conflict':
      if (outcome.actual === CLOSED) throw new StreamClosed(outcome.stream);
      throw new WrongExpectedRevision(outcome.stream, outcome.expected, outcome.actual);
    case 'id-reused':
      throw new EventIdReused(outcome.stream);
  }
}
