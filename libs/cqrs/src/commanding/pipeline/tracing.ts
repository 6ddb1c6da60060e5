import { currentMetadata, withMetadata } from '@annals/event-store';
import { inSpan, markFailed, traceparentOf } from '@annals/message';
import { isSpanContextValid, SpanKind, trace } from '@opentelemetry/api';
import type { Span, Tracer } from '@opentelemetry/api';
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

function traced(span: Span, next: Execute, execution: Execution): Promise<unknown> {
  const traceparent = traceparentOf(span.spanContext());
  const { correlationId } = currentMetadata();
  if (correlationId !== undefined) span.setAttribute('annals.correlation.id', correlationId);
  const execute = (): Promise<unknown> => next(execution);
  const carries = traceparent !== undefined && execution.kind === 'command';
  return inSpan(span, carries ? () => withMetadata({ traceparent }, execute) : execute, (_, error) => {
    span.recordException(error instanceof Error ? error : String(error));
    markFailed(span, error);
  });
}
