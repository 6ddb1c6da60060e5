import { messageOf } from '@annals/message';
import { isSpanContextValid, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { currentMetadata, withMetadata } from '@annals/event-store';
import type { Span, Tracer } from '@opentelemetry/api';
import { traceparentOf } from '../../tracing/traceparent.js';
import type { Execute, Execution, Stage } from './stage.js';

/**
 * A span for each command and query, as a child of the one it is executed in. The events it brings about carry its trace, so
 * that whoever handles them later is linked to it. Without an SDK of OpenTelemetry it costs next to nothing.
 * @param tracer @default the one of `@annals/cqrs`
 */
export const tracing =
  (tracer: Tracer = trace.getTracer('@annals/cqrs')): Stage =>
  (next) =>
  (execution) => {
    const { kind, message, commandId } = execution;
    const { name } = message.constructor;
    const attributes = {
      'annals.message': name,
      'annals.message.kind': kind,
      ...(commandId === undefined ? {} : { 'annals.command.id': commandId }),
    };
    return tracer.startActiveSpan(`${kind} ${name}`, { kind: SpanKind.INTERNAL, attributes }, (span) =>
      // Nobody listens, as far as can be told.
      isSpanContextValid(span.spanContext()) ? traced(span, next, execution) : next(execution),
    );
  };

async function traced(span: Span, next: Execute, execution: Execution): Promise<unknown> {
  const traceparent = traceparentOf(span.spanContext());
  const { correlationId } = currentMetadata();
  if (correlationId !== undefined) span.setAttribute('annals.correlation.id', correlationId);
  try {
    if (traceparent === undefined || execution.kind === 'query') return await next(execution);
    return await withMetadata({ traceparent }, () => next(execution));
  } catch (error) {
    span.recordException(error instanceof Error ? error : String(error));
    span.setStatus({ code: SpanStatusCode.ERROR, message: messageOf(error) });
    throw error;
  } finally {
    span.end();
  }
}
