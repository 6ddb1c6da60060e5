import type { Queues } from '../queues/queues.js';
import type { DeclareQueueOptions } from '../queues/queue-topology.js';
import type { ExchangeConfig, ExchangeType } from '../routing/exchange.js';
import type { NewBinding } from '../routing/binding.js';

/** Exchanges, queues and bindings that are to be there when the application starts; what is there already must be the same. */
export interface BusTopology {
  /** By name: their type, or all of their configuration. */
  readonly exchanges?: Readonly<
    Record<string, ExchangeType | (Partial<ExchangeConfig> & { readonly type: ExchangeType })>
  >;
  /** By name. A queue whose dead letters go to another of these may come before it. */
  readonly queues?: Readonly<Record<string, DeclareQueueOptions>>;
  readonly bindings?: readonly NewBinding[];
}

/** @throws as `Queues.declareExchange`, `declareQueue` and `bind` */
export async function declareTopology(
  queues: Queues,
  { exchanges, queues: wanted, bindings }: BusTopology,
): Promise<void> {
  for (const [name, exchange] of Object.entries(exchanges ?? {})) {
    const { type, ...config } = typeof exchange === 'string' ? { type: exchange } : exchange;
    await queues.declareExchange(name, type, config);
  }
  const all = Object.entries(wanted ?? {});
  const isNamed = (options: DeclareQueueOptions): boolean =>
    options.deadLetterExchange === '' && Object.hasOwn(wanted ?? {}, options.deadLetterRoutingKey ?? '');
  for (const [name, options] of all) {
    await queues.declareQueue(name, isNamed(options) ? { ...options, allowMissingDeadLetters: true } : options);
  }
  for (const binding of bindings ?? []) await queues.bind(binding);
}
