import type { Acks } from './topic-store.js';

/** How records are sent. The names are Kafka's, in this language's spelling. */
export interface ProducerOptions {
  /** @default 1 */
  readonly acks?: Acks;
  /** Milliseconds a record may wait for others to share its transaction; with 0 those of one turn and those that come while a transaction is under way share one. @default 0 */
  readonly lingerMs?: number;
  /** Bytes that are sent at once at the most, and after which a record without a key may go to another partition. @default 1048576 (1 MiB) */
  readonly batchBytes?: number;
  /** Bytes that may wait to be sent; beyond, `send` waits. @default 33554432 (32 MiB) */
  readonly bufferBytes?: number;
  /** Milliseconds for which `send` waits for room. @default 60000 */
  readonly maxBlockMs?: number;
  /** Milliseconds for which standbys are waited for with `acks: 'all'`, once the primary has the record. @default 30000 */
  readonly ackTimeoutMs?: number;
  /** Milliseconds after which a record that cannot be appended is given up. @default 120000 */
  readonly deliveryTimeoutMs?: number;
  /** Where records without a key go. @default 'sticky' */
  readonly partitioner?: 'sticky' | 'roundRobin';
  /** A number from 0 up to 1. @default Math.random */
  readonly random?: () => number;
}

export type ResolvedProducerOptions = Required<ProducerOptions>;

const DEFAULTS: ResolvedProducerOptions = {
  acks: 1,
  lingerMs: 0,
  batchBytes: 1024 * 1024,
  bufferBytes: 32 * 1024 * 1024,
  maxBlockMs: 60_000,
  ackTimeoutMs: 30_000,
  deliveryTimeoutMs: 120_000,
  partitioner: 'sticky',
  random: Math.random,
};

const LEAST = {
  lingerMs: 0,
  batchBytes: 1,
  bufferBytes: 1,
  maxBlockMs: 0,
  ackTimeoutMs: 1,
  deliveryTimeoutMs: 1,
} as const;
const ACKS: readonly unknown[] = [0, 1, 'all'];
const PARTITIONERS: readonly unknown[] = ['sticky', 'roundRobin'];

/** @throws RangeError naming every option at fault */
export function resolveProducerOptions(given: ProducerOptions = {}): ResolvedProducerOptions {
  const options = { ...DEFAULTS, ...given };
  const faults = Object.entries(LEAST)
    .filter(([name, least]) => {
      const value = options[name as keyof typeof LEAST];
      return !Number.isSafeInteger(value) || value < least;
    })
    .map(([name, least]) => `${name} must be a whole number from ${least} on`);
  if (!ACKS.includes(options.acks)) faults.push(`acks must be 0, 1 or 'all', not ${JSON.stringify(options.acks)}`);
  if (!PARTITIONERS.includes(options.partitioner)) faults.push(`partitioner must be 'sticky' or 'roundRobin'`);
  if (faults.length > 0) throw new RangeError(`ProducerOptions: ${faults.join('; ')}`);
  return options;
}
