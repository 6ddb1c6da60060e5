import { inSpan, spanOfJson, TRACEPARENT } from '@annals/message';
import { ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import type { Link } from '@opentelemetry/api';

/** As many as SDKs keep of a span unless they are told otherwise. */
const MOST_LINKS = 128;

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
  const tracer = trace.getTracer('@annals/bus');
  return tracer.startActiveSpan(`deliver ${from}`, options, ROOT_CONTEXT, (span) => inSpan(span, handle));
}

function linksIn(texts: readonly (string | null)[]): Link[] {
  const links: Link[] = [];
  for (const text of texts) {
    const context = text === null ? undefined : spanOfJson(text);
    if (context !== undefined) links.push({ context });
    if (links.length >= MOST_LINKS) break;
  }
  return links;
}
