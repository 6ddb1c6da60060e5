import { SpanStatusCode } from '@opentelemetry/api';
import type { Span } from '@opentelemetry/api';
import { messageOf } from '../message-of.js';

/** Has a span say that it failed. */
export function markFailed(span: Span, error: unknown): void {
  span.setStatus({ code: SpanStatusCode.ERROR, message: messageOf(error) });
}

/**
 * Waits for the work of a span that has begun, and ends it.
 *
 * @param onError has the span say what went wrong. @default `markFailed`
 * @throws what the work throws
 */
export async function inSpan<Result>(
  span: Span,
  work: () => Result | PromiseLike<Result>,
  onError: (span: Span, error: unknown) => void = markFailed,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    onError(span, error);
    throw error;
  } finally {
    span.end();
  }
}
