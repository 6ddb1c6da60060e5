import { InvalidExchange } from './invalid-exchange.js';
import { nameFaults } from './name-faults.js';

/** How an exchange finds the queues of a message (AMQP 0-9-1). */
export type ExchangeType = 'direct' | 'fanout' | 'topic' | 'headers';

/** How an exchange behaves; the names are RabbitMQ's. */
export interface ExchangeConfig {
  readonly type: ExchangeType;
  /** Takes messages from other exchanges only. @default false */
  readonly internal: boolean;
  /** Goes with its last binding to somewhere else; not before it had one. @default false */
  readonly autoDelete: boolean;
  /** Where messages go that it has no queue for; null: nowhere. @default null */
  readonly alternateExchange: string | null;
}

/** An exchange: routes messages to queues and other exchanges. */
export interface Exchange {
  readonly name: string;
  readonly config: ExchangeConfig;
}

/** The exchange to which every queue is bound by its own name. */
export const DEFAULT_EXCHANGE = '';

const DEFAULTS: Omit<ExchangeConfig, 'type'> = { internal: false, autoDelete: false, alternateExchange: null };
const TYPES: readonly unknown[] = ['direct', 'fanout', 'topic', 'headers'];

/** Exchanges that are always there, as in RabbitMQ. */
export const PREDECLARED: readonly Exchange[] = (
  [
    [DEFAULT_EXCHANGE, 'direct'],
    ['amq.direct', 'direct'],
    ['amq.fanout', 'fanout'],
    ['amq.headers', 'headers'],
    ['amq.match', 'headers'],
    ['amq.topic', 'topic'],
  ] as const
).map(([name, type]) => ({ name, config: { type, ...DEFAULTS } }));

/**
 * The whole configuration of what is asked for.
 * @throws InvalidExchange (`BUS_INVALID_EXCHANGE`) naming every fault at once
 */
export function resolveExchange(name: string, type: ExchangeType, given: Partial<ExchangeConfig>): Exchange {
  const set = Object.fromEntries(Object.entries(given).filter(([, value]: [string, unknown]) => value !== undefined));
  const config = { ...DEFAULTS, ...set, type };
  const faults = nameFaults(name, 'declared');
  for (const option of Object.keys(set)) {
    if (!(option in DEFAULTS) && option !== 'type') faults.push(`an exchange has no ${option}`);
  }
  if (!TYPES.includes(type))
    faults.push(`its type is ${JSON.stringify(type)}, and must be one of ${TYPES.join(' | ')}`);
  for (const option of ['internal', 'autoDelete'] as const) {
    if (typeof config[option] !== 'boolean') faults.push(`${option} must be true or false`);
  }
  if (config.alternateExchange !== null && typeof config.alternateExchange !== 'string') {
    faults.push('alternateExchange must name an exchange, or be null');
  }
  if (faults.length > 0) throw new InvalidExchange(name, faults);
  return { name, config };
}
