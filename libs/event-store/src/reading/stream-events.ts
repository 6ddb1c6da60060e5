import type { Enrolment, Log, StreamAppend, RevisionRange } from '@annals/log';
import { StreamClosed } from '@annals/log';
import { isArchived } from '../closing/is-archived.js';
import type { RecordedEvent, ReplayedEvent, StreamEvent } from '../stream/recorded-event.js';
import type { EventDecoder } from './event-decoder.js';
import type { ResolvedRange } from './resolve-read-options.js';
import { streamPages } from './stream-pages.js';

/** The committed events of one stream. */
export async function* streamEvents(
  log: Log,
  decoder: EventDecoder,
  stream: string,
  range: ResolvedRange,
): AsyncGenerator<RecordedEvent> {
  const readPage = (of: RevisionRange, size: number) =>
    range.archived
      ? log.readArchived(stream, of, size, range.direction)
      : log.readStream(stream, of, size, range.direction);
  for await (const page of openPages(log, stream, range, streamPages(readPage, range))) {
    const decoding = decoder.recorded(page);
    yield* decoding instanceof Promise ? await decoding : decoding;
  }
}

/** The same page by page and forwards, with what a state is rebuilt from. */
export async function* replayedEvents(
  log: Log,
  decoder: EventDecoder,
  stream: string,
  range: ResolvedRange,
): AsyncGenerator<readonly ReplayedEvent[]> {
  const readPage = (of: RevisionRange, size: number) => log.readData(stream, of, size);
  for await (const page of openPages(log, stream, range, streamPages(readPage, range))) {
    const decoding = decoder.replayed(stream, page);
    yield decoding instanceof Promise ? await decoding : decoding;
  }
}

/** As `replayedEvents`, as the unit of work sees them. */
export async function* replayedInUnit(
  log: Log,
  decoder: EventDecoder,
  unit: Enrolment,
  stream: string,
  range: ResolvedRange,
): AsyncGenerator<readonly ReplayedEvent[]> {
  for await (const event of streamEventsInUnit(log, decoder, unit, stream, range)) yield [event];
}

/**
 * The events of one stream as the unit of work sees them: those enrolled follow the committed ones. The committed part
 * ends where the stream is now; should others append meanwhile, an exact expectation will say so at the flush.
 */
export async function* streamEventsInUnit(
  log: Log,
  decoder: EventDecoder,
  unit: Enrolment,
  stream: string,
  range: ResolvedRange,
): AsyncGenerator<StreamEvent> {
  if (range.archived) {
    yield* streamEvents(log, decoder, stream, range);
    return;
  }
  const enrolled = unit.enrolled.filter((append) => append.stream === stream && append.records.length > 0);
  if (enrolled.length === 0) {
    yield* streamEvents(log, decoder, stream, range);
    return;
  }
  const [last] = await log.readStream(stream, {}, 1, 'backwards');
  const committed = last === undefined || isArchived(stream, [last]) ? 0 : last.revision;
  const pending = await pendingIn(decoder, enrolled, committed, range);
  const upTo = Math.min(range.to, committed);
  if (range.direction === 'backwards') {
    pending.reverse();
    yield* pending.slice(0, range.limit);
    yield* streamEvents(log, decoder, stream, { ...range, to: upTo, limit: Math.max(0, range.limit - pending.length) });
    return;
  }
  let remaining = range.limit;
  for await (const event of streamEvents(log, decoder, stream, { ...range, to: upTo })) {
    remaining -= 1;
    yield event;
  }
  yield* pending.slice(0, remaining);
}

async function pendingIn(
  decoder: EventDecoder,
  enrolled: readonly StreamAppend[],
  committed: number,
  { from, to }: ResolvedRange,
): Promise<StreamEvent[]> {
  const events = await decoder.pending(enrolled, committed);
  return events.filter(({ revision }) => revision >= from && revision <= to);
}

/**
 * Pages of a stream that is open; an archived one has none, a tombstoned one refuses.
 * @throws StreamClosed (`STORE_STREAM_CLOSED`), also when the stream was closed after the first page
 */
async function* openPages<Row extends { readonly revision: number; readonly type: string }>(
  log: Log,
  stream: string,
  range: ResolvedRange,
  pages: AsyncIterable<readonly Row[]>,
): AsyncGenerator<readonly Row[]> {
  let some = false;
  for await (const page of pages) {
    if (isArchived(stream, page)) {
      if (some) throw new StreamClosed(stream);
      return;
    }
    some = true;
    yield page;
  }
  // The marker lies beyond a range that ends earlier.
  if (!some && range.to !== Infinity) isArchived(stream, await log.readStream(stream, {}, 1, 'backwards'));
}
