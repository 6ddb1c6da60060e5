import { messageOf } from '@annals/message';
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';

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
  const attributes = { 'annals.streams': [...streams()] };
  const tracer = trace.getTracer('@annals/event-store');
  return tracer.startActiveSpan(name, { kind: SpanKind.CLIENT, attributes }, async (span) => {
    try {
      return await write();
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: messageOf(error) });
      throw error;
    } finally {
      span.end();
    }
  });
}
