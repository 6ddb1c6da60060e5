import type { EventMetadata } from '@annals/event-store';
import { isSpanContextValid, TraceFlags } from '@opentelemetry/api';
import type { SpanContext } from '@opentelemetry/api';

const FORMAT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** A span as events carry it, in W3C's Trace Context form; undefined where there is no span. */
export function traceparentOf(span: SpanContext): string | undefined {
  if (!isSpanContextValid(span)) return undefined;
  return `00-${span.traceId}-${span.spanId}-${span.traceFlags.toString(16).padStart(2, '0')}`;
}

/** The span that brought an event about, if it says so. */
export function spanOf({ traceparent }: EventMetadata): SpanContext | undefined {
  const parts = typeof traceparent === 'string' ? FORMAT.exec(traceparent) : null;
  if (parts === null) return undefined;
  const [, traceId = '', spanId = '', flags = ''] = parts;
  const sampled = Number.parseInt(flags, 16) & TraceFlags.SAMPLED;
  const span = { traceId, spanId, traceFlags: sampled, isRemote: true };
  return isSpanContextValid(span) ? span : undefined;
}
