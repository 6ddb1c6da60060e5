import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { InMemoryLog, InMemoryUnitOfWork } from '@annals/log';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Bus } from '../bus.js';
import { InMemoryBusEngine } from '../engines/in-memory/in-memory-bus-engine.js';
import { tracedDelivery, withTrace } from './traced-delivery.js';

describe('Tracing over the bus', () => {
  const exporter = new InMemorySpanExporter();
  let bus: Bus;
  beforeAll(async () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
    const log = new InMemoryLog();
    const unitOfWork = new InMemoryUnitOfWork(log);
    bus = new Bus(new InMemoryBusEngine(Date.now, () => performance.now(), unitOfWork));
    await bus.attach('events', log);
  });
  afterAll(async () => {
    await bus.stop();
    context.disable();
    trace.disable();
  });
  beforeEach(() => {
    exporter.reset();
  });
  const inSpan = (work: () => Promise<unknown>) =>
    trace.getTracer('test').startActiveSpan('request', async (span) => {
      await work();
      span.end();
      return span.spanContext().spanId;
    });
  const delivered = (name: string) =>
    vi.waitFor(() => {
      const span = exporter.getFinishedSpans().find((one) => one.name === name);
      if (span === undefined) throw new Error(`${name} has not come yet`);
      return span;
    });

  it('links the handling of a topic\u2019s record to the span that published it', async () => {
    await bus.ensureTopic('traced', { partitions: 1 });
    const subscription = await bus.subscribe(
      { topic: 'traced', group: 'readers', offsetReset: 'earliest' },
      () => undefined,
    );
    const sender = await inSpan(() => bus.publish('traced', { value: 1, headers: { own: 'header' } }));
    const span = await delivered('deliver traced');
    expect(span.links.map(({ context: { spanId } }) => spanId)).toEqual([sender]);
    await subscription.stop();
  });

  it('links the handling of a queue\u2019s message to the span that published it', async () => {
    await bus.queues.declareQueue('traced queue');
    const consumer = await bus.queues.consume({ queue: 'traced queue' }, () => undefined);
    const sender = await inSpan(() => bus.queues.send('traced queue', { body: 1 }));
    const span = await delivered('deliver traced queue');
    expect(span.links.map(({ context: { spanId } }) => spanId)).toEqual([sender]);
    await consumer.stop();
  });

  it('costs nothing but a look where nobody traces, and keeps a trace that a message has', () => {
    expect(tracedDelivery('t', [null, '{"own":"header"}', '{"traceparent":"nonsense"}'], () => 7)).toBe(7);
    expect(exporter.getFinishedSpans()).toEqual([]);
    expect(withTrace({ traceparent: 'mine' }, 'other')).toEqual({ traceparent: 'mine' });
    expect(withTrace([['traceparent', 'mine']], 'other')).toEqual([['traceparent', 'mine']]);
    expect(withTrace([['own', 'header']], 'other')).toEqual([
      ['own', 'header'],
      ['traceparent', 'other'],
    ]);
  });
});
