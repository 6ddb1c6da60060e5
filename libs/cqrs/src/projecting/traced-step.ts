import type { RecordedEvent } from '@annals/event-store';
import { inSpan, spanOf } from '@annals/message';
import { ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import type { Link } from '@opentelemetry/api';

/** As many as SDKs keep of a span unless they are told otherwise. */
const MOST_LINKS = 128;

/**
 * Gives a transaction of a projection a span of a trace of its own, linked to the spans that brought its events about:
 * one transaction handles events of many requests.
 */
export function tracedStep<Result>(
  projection: string,
  events: readonly RecordedEvent[],
  step: () => Promise<Result>,
): Promise<Result> {
  if (events.length === 0) return step();
  const links = linksOf(events);
  const attributes = { 'annals.projection': projection, 'annals.events': events.length };
  const options = { kind: SpanKind.CONSUMER, root: true, attributes, links };
  return trace
    .getTracer('@annals/cqrs')
    .startActiveSpan(`project ${projection}`, options, ROOT_CONTEXT, (span) => inSpan(span, step));
}

function linksOf(events: readonly RecordedEvent[]): Link[] {
  const links = new Map<string, Link>();
  for (const { metadata } of events) {
    const context = spanOf(metadata);
    if (context !== undefined) links.set(context.spanId, { context });
    if (links.size >= MOST_LINKS) break;
  }
  return [...links.values()];
}
