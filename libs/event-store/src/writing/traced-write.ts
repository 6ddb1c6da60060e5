import { inSpan } from '@annals/message';
import { SpanKind, trace } from '@opentelemetry/api';

/**
 * Gives a write a span, where the calling code is in one; nobody else pays for it.
 * @param name `append`, or `update` for one that loads and decides as well
 * @param streams that are written to
 */
export function tracedWrite<Result>(
  name: 'append' | 'update',
  streams: () => readonly string[],
  write: () => Promise<Result>,
): Promise<Result> {
  if (trace.getActiveSpan() === undefined) return write();
  const options = { kind: SpanKind.CLIENT, attributes: { 'annals.streams': [...streams()] } };
  return trace.getTracer('@annals/event-store').startActiveSpan(name, options, (span) => inSpan(span, write));
}
