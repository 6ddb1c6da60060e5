import { describeProjection } from './projection.js';
import type { ProjectionKey } from './projection.js';

/**
 * A share of a projection's partitions, which one process at a time works through: of `count` lanes the one with `index`
 * has every partition that leaves this remainder. One lane has them all, merged, cause before effect.
 */
export interface Lane extends ProjectionKey {
  /** From 0. */
  readonly index: number;
  readonly count: number;
}

/** The partitions of a lane, ascending. @param total of the event log */
export const partitionsOf = ({ index, count }: Pick<Lane, 'index' | 'count'>, total: number): number[] =>
  Array.from({ length: total }, (_, partition) => partition).filter((partition) => partition % count === index);

/** The lanes of a projection. A lane without a partition would have nothing to do. */
export const lanesOf = (key: ProjectionKey, count: number): readonly Lane[] =>
  Array.from({ length: count }, (_, index) => ({ ...key, index, count }));

/** A lane in words, as in `order-summary v2, lane 1 of 4`. */
export const describeLane = ({ name, version, index, count }: Lane): string =>
  count === 1
    ? describeProjection({ name, version })
    : `${describeProjection({ name, version })}, lane ${index + 1} of ${count}`;
