import { markFailed } from '@annals/message';
import { Injectable } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { context, isSpanContextValid, propagation, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { finalize, Observable, tap } from 'rxjs';

/** What of a request its span says. */
interface Request {
  readonly method: string;
  readonly headers: Record<string, unknown>;
  readonly route?: { readonly path?: unknown };
}

/**
 * Gives each HTTP request a span, as a child of the caller's if it sent its trace, so that what it brings about is in one trace from
 * the request on. An application whose requests are traced by an instrumentation of HTTP needs it not: there is a span then, and
 * it lets the request pass.
 */
@Injectable()
export class TracingInterceptor implements NestInterceptor {
  intercept(of: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (of.getType() !== 'http' || trace.getActiveSpan() !== undefined) return next.handle();
    const { method, headers, route } = of.switchToHttp().getRequest<Request>();
    const path = typeof route?.path === 'string' ? route.path : '';
    const attributes = { 'http.request.method': method, 'http.route': path };
    const parent = propagation.extract(ROOT_CONTEXT, headers);
    const span = trace
      .getTracer('@annals/cqrs')
      .startSpan(`${method} ${path}`, { kind: SpanKind.SERVER, attributes }, parent);
    if (!isSpanContextValid(span.spanContext())) return next.handle();
    const within = trace.setSpan(parent, span);
    return new Observable<unknown>((subscriber) =>
      context.with(within, () => next.handle().subscribe(subscriber)),
    ).pipe(
      tap({
        error: (error: unknown) => {
          markFailed(span, error);
        },
      }),
      finalize(() => {
        span.end();
      }),
    );
  }
}
