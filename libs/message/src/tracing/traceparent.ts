import { isSpanContextValid, trace, TraceFlags } from '@opentelemetry/api';
import type { SpanContext } from '@opentelemetry/api';

/** The name under which headers and metadata carry a trace, in W3C's Trace Context form. */
export const TRACEPARENT = 'traceparent';

const FORM = '00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})';
const WHOLE = new RegExp(`^${FORM}$`);
/** As it stands in JSON of headers, or of an event's metadata. */
const IN_JSON = new RegExp(`"${TRACEPARENT}"\\s*[:,]\\s*"${FORM}"`);

/** A span as headers and metadata carry it; undefined where there is no span. */
export function traceparentOf(span: SpanContext): string | undefined {
  if (!isSpanContextValid(span)) return undefined;
  return `00-${span.traceId}-${span.spanId}-${span.traceFlags.toString(16).padStart(2, '0')}`;
}

/** The span that the calling code is in; undefined where nobody traces. */
export function activeTraceparent(): string | undefined {
  const span = trace.getActiveSpan();
  return span && traceparentOf(span.spanContext());
}

/** The span that metadata names, if it does. */
export const spanOf = ({ traceparent }: Readonly<Record<string, unknown>>): SpanContext | undefined =>
  typeof traceparent === 'string' ? spanIn(WHOLE.exec(traceparent)) : undefined;

/** The span that headers or metadata name, by their JSON, if they do. One that names none costs a look at it. */
export const spanOfJson = (json: string): SpanContext | undefined =>
  json.includes(TRACEPARENT) ? spanIn(IN_JSON.exec(json)) : undefined;

function spanIn(found: RegExpExecArray | null): SpanContext | undefined {
  if (found === null) return undefined;
  const [, traceId = '', spanId = '', flags = ''] = found;
  const traceFlags = Number.parseInt(flags, 16) & TraceFlags.SAMPLED;
  const span = { traceId, spanId, traceFlags, isRemote: true };
  return isSpanContextValid(span) ? span : undefined;
}
