import { SpanStatusCode } from '@opentelemetry/api';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { beforeEach, describe, expect, it } from 'vitest';
import { inSpan } from './in-span.js';
import { activeTraceparent, spanOf, spanOfJson, traceparentOf } from './traceparent.js';

const exporter = new InMemorySpanExporter();
const tracer = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).getTracer('test');
beforeEach(() => {
  exporter.reset();
});

describe('A traceparent', () => {
  it('comes back as the span it was made of, from metadata and from JSON', () => {
    const { traceId, spanId, ...span } = tracer.startSpan('request').spanContext();
    const traceparent = traceparentOf({ traceId, spanId, ...span });
    const same = { traceId, spanId, traceFlags: span.traceFlags, isRemote: true };
    expect(spanOf({ traceparent })).toEqual(same);
    expect(spanOfJson(JSON.stringify({ own: 'header', traceparent }))).toEqual(same);
    expect(spanOfJson(JSON.stringify([['traceparent', traceparent]]))).toEqual(same);
  });

  it('is none where nobody traces', () => {
    expect(activeTraceparent()).toBeUndefined();
    expect(spanOfJson('{"own":"header"}')).toBeUndefined();
    expect(spanOfJson('{"traceparent":"nonsense"}')).toBeUndefined();
  });

  it.each(['', '00-0-0-00', `00-${'0'.repeat(32)}-${'0'.repeat(16)}-01`, 7, undefined])(
    'is none that says %j',
    (traceparent) => {
      expect(spanOf({ traceparent })).toBeUndefined();
    },
  );
});

describe('inSpan', () => {
  it('ends a span with its work', async () => {
    expect(await inSpan(tracer.startSpan('well'), () => 7)).toBe(7);
    expect(exporter.getFinishedSpans()).toMatchObject([{ name: 'well', status: { code: SpanStatusCode.UNSET } }]);
  });

  it('says of a span that it failed, and lets the error pass', async () => {
    const error = new Error('no');
    const failing = inSpan(tracer.startSpan('ill'), () => {
      throw error;
    });
    await expect(failing).rejects.toBe(error);
    const status = { code: SpanStatusCode.ERROR, message: 'no' };
    expect(exporter.getFinishedSpans()).toMatchObject([{ name: 'ill', status }]);
  });
});
