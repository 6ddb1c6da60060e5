import type { RecordFilter } from '@annals/log';
import { currentMetadata } from '../metadata/with-metadata.js';
import { checkTenant } from '../stream/key-of.js';
import type { EventTypes } from '../typing/event-types.js';
import type { ReadAllOptions, StreamRange, TailOptions } from './read-options.js';

/** A range with all its ends. */
export type ResolvedRange = Required<Omit<StreamRange, 'tenant'>>;

/** What a read of the log asks for in each batch, and in all. */
export interface ResolvedReadAll {
  readonly limit: number;
  readonly direction: 'forwards' | 'backwards';
  readonly batchSize: number;
  readonly filter: RecordFilter | undefined;
  readonly partitions: readonly number[] | undefined;
}

const STREAM_PAGE = 1_024;
const BATCH = 1_000;
const POLL_MS = 1_000;
// setTimeout takes 32 bits and fires at once for more.
const MAX_TIMEOUT_MS = 2_147_483_647;

/** @throws RangeError naming every fault at once */
export function resolveRange(given: StreamRange): ResolvedRange {
  const {
    from = 1,
    to = Infinity,
    limit = Infinity,
    direction = 'forwards',
    batchSize = STREAM_PAGE,
    archived = false,
  } = given;
  const faults = [
    ...atLeast('from', from, 1),
    ...(to === Infinity ? [] : atLeast('to', to, 0)),
    ...(limit === Infinity ? [] : atLeast('limit', limit, 0)),
    ...atLeast('batchSize', batchSize, 1),
    ...directed(direction),
  ];
  refuse('StreamRange', faults);
  return { from, to, limit, direction, batchSize, archived };
}

/** @throws RangeError naming every fault at once */
export function resolveReadAll(given: ReadAllOptions, types: EventTypes): ResolvedReadAll {
  const { limit = Infinity, direction = 'forwards', batchSize = BATCH } = given;
  const faults = [
    ...(limit === Infinity ? [] : atLeast('limit', limit, 0)),
    ...atLeast('batchSize', batchSize, 1),
    ...directed(direction),
    ...partitionFaults(given),
  ];
  if (given.partitions !== undefined && direction === 'backwards') faults.push('partitions are read forwards only');
  refuse('ReadAllOptions', faults);
  return { limit, direction, batchSize, filter: filterOf(given, types), partitions: given.partitions };
}

/** @throws RangeError naming every fault at once */
export function resolveTail(
  given: TailOptions,
  types: EventTypes,
): {
  batchSize: number;
  filter: RecordFilter | undefined;
  partitions: readonly number[] | undefined;
  pollMs: number;
} {
  const { batchSize = BATCH, pollMs = POLL_MS } = given;
  const faults = [...atLeast('batchSize', batchSize, 1), ...atLeast('pollMs', pollMs, 1), ...partitionFaults(given)];
  if (pollMs > MAX_TIMEOUT_MS) faults.push(`pollMs must be at most ${MAX_TIMEOUT_MS}`);
  refuse('TailOptions', faults);
  return { batchSize, pollMs, filter: filterOf(given, types), partitions: given.partitions };
}

function filterOf(options: ReadAllOptions, declared: EventTypes): RecordFilter | undefined {
  // An event may be stored under a name that its type had before.
  const types = options.types?.flatMap((type) => declared.storedNamesOf(type));
  const { category, correlationId, allTenants = false } = options;
  const tenant = checkTenant(options.tenant ?? (allTenants ? undefined : currentMetadata().tenant));
  if ([types, category, correlationId, tenant].every((condition) => condition === undefined)) return undefined;
  return {
    ...(tenant === undefined ? {} : { tenant }),
    ...(types === undefined ? {} : { types }),
    ...(category === undefined ? {} : { category }),
    ...(correlationId === undefined ? {} : { correlationId }),
  };
}

const partitionFaults = ({ partitions }: ReadAllOptions): string[] =>
  partitions?.length === 0
    ? ['partitions must name one at least']
    : (partitions ?? []).flatMap((partition) => atLeast('a partition', partition, 0));

const atLeast = (name: string, value: number, least: number): string[] =>
  Number.isSafeInteger(value) && value >= least
    ? []
    : [`${name} must be a whole number from ${least} on, not ${value}`];

const directed = (direction: string): string[] =>
  direction === 'forwards' || direction === 'backwards'
    ? []
    : [`direction must be 'forwards' or 'backwards', not ${JSON.stringify(direction)}`];

function refuse(options: string, faults: readonly string[]): void {
  if (faults.length > 0) throw new RangeError(`${options}: ${faults.join('; ')}`);
}
