import { currentMetadata } from '@annals/event-store';
import { spanOf } from '@annals/message';
import { context, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { NEVER } from './deadline.js';
import { pipeline } from './stage.js';
import type { Execution } from './stage.js';
import { tracing } from './tracing.js';

class PlaceOrder {
  readonly number = '4711';
}
class OrderOf {
  readonly number = '4711';
}

describe('Tracing', () => {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const tracer = provider.getTracer('test');
  beforeAll(() => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  });
  afterAll(() => {
    context.disable();
  });
  beforeEach(() => {
    exporter.reset();
  });
  const execution = (kind: Execution['kind'], message: object): Execution => ({
    ...{ kind, message, attempt: 1, commandId: undefined, signal: NEVER, timeoutMs: undefined },
  });
  const run = (handler: (of: Execution) => Promise<unknown>, of: Execution) => pipeline([tracing(tracer)], handler)(of);

  it('gives a command a span, and what it brings about the trace of it', async () => {
    const traceparent = await run(
      () => Promise.resolve(currentMetadata()['traceparent']),
      execution('command', new PlaceOrder()),
    );
    const [span] = exporter.getFinishedSpans();
    expect(span?.name).toBe('command PlaceOrder');
    expect(spanOf({ traceparent })).toMatchObject({ spanId: span?.spanContext().spanId, isRemote: true });
  });

  it('makes a command that a handler executes a child of its own', async () => {
    const inner = () => run(() => Promise.resolve(), execution('command', new PlaceOrder()));
    await tracer.startActiveSpan('request', async (request) => {
      await run(inner, execution('command', new PlaceOrder()));
      request.end();
    });
    const [child, parent, request] = exporter.getFinishedSpans();
    expect(child?.parentSpanContext?.spanId).toBe(parent?.spanContext().spanId);
    expect(parent?.parentSpanContext?.spanId).toBe(request?.spanContext().spanId);
  });

  it('says of a span that it failed, and lets the error pass', async () => {
    const error = new Error('no');
    await expect(run(() => Promise.reject(error), execution('query', new OrderOf()))).rejects.toBe(error);
    const [span] = exporter.getFinishedSpans();
    expect(span).toMatchObject({ name: 'query OrderOf', status: { code: SpanStatusCode.ERROR, message: 'no' } });
    expect(span?.events[0]?.name).toBe('exception');
  });

  it('adds nothing to events where nobody traces', async () => {
    const traced = pipeline([tracing(trace.getTracer('nobody'))], () => Promise.resolve(currentMetadata()));
    expect(await traced(execution('command', new PlaceOrder()))).toEqual({});
  });
});
