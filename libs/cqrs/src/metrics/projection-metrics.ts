import { Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import type { Projections } from '../projecting/projections.js';

/**
 * Gauges of projections for Prometheus, asked when they are scraped: `annals_projection_lag{projection,partition}` and
 * `annals_projection_parked{projection,partition}` in events, `annals_projection_events_per_second{projection}` in this process,
 * `annals_projection_failed{projection}` and `annals_projection_paused{projection}` as 0 or 1.
 * @param registry of prom-client
 */
export function projectionMetrics(projections: Projections, registry: Registry): void {
  const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Gauge({ name: `annals_projection_${name}`, help, labelNames, registers: [] as Registry[] });
  const lag = gauge('lag', 'Events to go', ['projection', 'partition']);
  const parked = gauge('parked', 'Events set aside', ['projection', 'partition']);
  const rate = gauge('events_per_second', 'Events handled here, over ten seconds', ['projection']);
  const failed = gauge('failed', 'Whether something stands in its way', ['projection']);
  const paused = gauge('paused', 'Whether it was told to stand still', ['projection']);
  const measure = async (): Promise<void> => {
    for (const name of projections.names) {
      const status = await projections.status(name);
      const labels = { projection: name };
      for (const [partition, events] of status.lag.entries()) lag.set({ ...labels, partition }, events);
      for (const [partition, events] of status.parked.entries()) parked.set({ ...labels, partition }, events);
      rate.set(labels, status.eventsPerSecond);
      failed.set(labels, status.failure === undefined && status.state !== 'failed' ? 0 : 1);
      paused.set(labels, status.paused === undefined ? 0 : 1);
    }
  };
  // prom-client collects all metrics at once, and would have each of them ask: the first asks for all.
  let measured: Promise<void> | undefined;
  for (const each of [lag, parked, rate, failed, paused]) {
    const metric = each as unknown as { collect: () => Promise<void> };
    metric.collect = () => {
      measured ??= measure().finally(() => (measured = undefined));
      return measured;
    };
    registry.registerMetric(each);
  }
}
