import { Counter, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import { hasCode } from '@annals/message';
import type { Stage } from '../commanding/pipeline/stage.js';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * A stage that counts commands and queries and measures how long they take, for Prometheus: put it first with `pipeline`.
 * `annals_messages_total{kind,name,outcome}`, whose outcome is `ok`, an error's code, or `error`; and
 * `annals_message_seconds{kind,name}`.
 * @param registry of prom-client
 */
export function commandMetrics(registry: Registry): Stage {
  const total = new Counter({
    name: 'annals_messages_total',
    help: 'Commands and queries by their outcome',
    labelNames: ['kind', 'name', 'outcome'],
    registers: [registry],
  });
  const seconds = new Histogram({
    name: 'annals_message_seconds',
    help: 'How long commands and queries take, with all attempts',
    labelNames: ['kind', 'name'],
    buckets: SECONDS,
    registers: [registry],
  });
  return (next) => async (execution) => {
    const labels = { kind: execution.kind, name: execution.message.constructor.name };
    const end = seconds.startTimer(labels);
    try {
      const result = await next(execution);
      total.inc({ ...labels, outcome: 'ok' });
      return result;
    } catch (error) {
      total.inc({ ...labels, outcome: codeOf(error) });
      throw error;
    } finally {
      end();
    }
  };
}

/** Codes of Annals are few and stable; whatever else is thrown must not make a label of its own. */
const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && hasCode(error, error.code as 'A_B')
    ? error.code
    : 'error';
