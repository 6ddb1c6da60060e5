import { messageOf } from '@annals/message';
import { isSpanContextValid, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, TraceFlags } from '@opentelemetry/api';
import type { Link } from '@opentelemetry/api';

/** The header that carries a trace, in W3C's Trace Context form. */
const TRACEPARENT = 'traceparent';
/** As it stands in JSON of headers, or of an event's metadata. */
const IN_TEXT = /"traceparent"\s*[:,]\s*"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})"/;
/** As many as SDKs keep of a span unless they are told otherwise. */
const MOST_LINKS = 128;

/** The span that the calling code is in, as a header says it; undefined where nobody traces. */
export function traceparent(): string | undefined {
  const span = trace.getActiveSpan()?.spanContext();
  if (span === undefined || !isSpanContextValid(span)) return undefined;
  return `00-${span.traceId}-${span.spanId}-${span.traceFlags.toString(16).padStart(2, '0')}`;
}

/** Headers with the trace of the calling code, unless they have one. */
export function withTrace<Headers extends object>(headers: Headers | undefined, parent: string): Headers {
  if (Array.isArray(headers)) {
    const pairs = headers as readonly (readonly [string, string])[];
    const has = pairs.some(([name]) => name === TRACEPARENT);
    return (has ? pairs : [...pairs, [TRACEPARENT, parent]]) as unknown as Headers;
  }
  return { [TRACEPARENT]: parent, ...headers } as unknown as Headers;
}

/**
 * Calls a handler in a span of a trace of its own, linked to those that its messages carry. Messages that carry none cost a look
 * at their text.
 * @param from the topic or queue
 * @param texts JSON that may carry a trace, one for each message
 */
export function tracedDelivery(from: string, texts: readonly (string | null)[], handle: () => unknown): unknown {
  const links = linksIn(texts);
  if (links.length === 0) return handle();
  const attributes = { 'messaging.system': 'annals', 'messaging.destination.name': from };
  const options = { kind: SpanKind.CONSUMER, root: true, attributes, links };
  return trace.getTracer('@annals/bus').startActiveSpan(`deliver ${from}`, options, ROOT_CONTEXT, async (span) => {
    try {
      return await handle();
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: messageOf(error) });
      throw error;
    } finally {
      span.end();
    }
  });
}

function linksIn(texts: readonly (string | null)[]): Link[] {
  const links: Link[] = [];
  for (const text of texts) {
    if (text?.includes(TRACEPARENT) !== true) continue;
    const [, traceId = '', spanId = '', flags = ''] = IN_TEXT.exec(text) ?? [];
    const traceFlags = Number.parseInt(flags, 16) & TraceFlags.SAMPLED;
    const context = { traceId, spanId, traceFlags, isRemote: true };
    if (isSpanContextValid(context)) links.push({ context });
    if (links.length >= MOST_LINKS) break;
  }
  return links;
}
