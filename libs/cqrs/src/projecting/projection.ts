import type { RecordedEvent } from '@annals/event-store';
import type { EntityTarget, ObjectLiteral } from 'typeorm';
import { InvalidProjection } from './invalid-projection.js';

/**
 * - `async`: behind the log, in a process of its choice; rows and cursor are one transaction.
 * - `inline`: in the transaction that appends the events, so that its rows are never behind.
 * - `live`: has no table; `Projections.fold` makes its rows when they are asked for.
 * - `external`: as `async`, but its target keeps the checkpoint; the class implements `ExternalTarget`.
 */
export type ProjectionMode = 'async' | 'inline' | 'live' | 'external';

/**
 * What becomes of an event whose handler keeps failing.
 * - `stop`: the projection stands still until it is started again.
 * - `skip`: the event is set aside alone, and all others go on.
 * - `park`: the event is set aside at once and tried again by itself; later events of its key wait for it, all others go on.
 */
export type FailurePolicy = 'stop' | 'skip' | 'park';

/** What `@Projection` says. */
export interface ProjectionOptions {
  /** Names the projection in the database and in `Projections`. Never change it: another name starts from the first event. */
  readonly name: string;
  /**
   * Of the read model's shape, from 1. Another version has a cursor of its own and starts from the first event; where
   * `tables` or `rows` are given, beside the version before, whose place it takes once it has caught up. @default 1
   */
  readonly version?: number;
  /** When its handlers run. @default 'async' */
  readonly mode?: ProjectionMode;
  /** The entity whose rows its `@Fold` methods make. One of `@Fold` and `@On` can be used in a class. */
  readonly rows?: EntityTarget<ObjectLiteral>;
  /** The entities that its `@On` methods write, and nobody else: what `rebuild` fills anew and `reset` empties. @default [] */
  readonly tables?: readonly EntityTarget<ObjectLiteral>[];
  /**
   * Shares of the partitions, each worked through by itself, in whatever process: more lanes are faster. One lane keeps
   * cause before effect across streams; several keep each stream's order only. @default 1
   */
  readonly lanes?: number;
  /**
   * Where it begins when it is there for the first time: at the first event, or at the next one. With `head` what has
   * happened before is not its business, not in a rebuild either. @default 'first'
   */
  readonly startAt?: 'first' | 'head';
  /** @default 'stop' */
  readonly onFailure?: FailurePolicy;
  /** With `park`: which events must stay in order. @default the stream */
  readonly parkBy?: (event: RecordedEvent) => string;
}

/** A projection as the database knows it. */
export interface ProjectionKey {
  readonly name: string;
  readonly version: number;
}

/** What `@Projection` said, with its defaults. */
export type DeclaredProjection = Required<Omit<ProjectionOptions, 'rows'>> & Pick<ProjectionOptions, 'rows'>;

const MOST_LANES = 1_024;
const declared = new WeakMap<object, DeclaredProjection>();

/**
 * Marks a provider whose `@On(Event)` or `@Fold(Event)` methods keep a read model.
 * @throws InvalidProjection (`CQRS_INVALID_PROJECTION`) when the name is empty, or a number makes no sense
 */
export function Projection(options: ProjectionOptions): ClassDecorator {
  const { name, version = 1, lanes = 1, rows } = options;
  if (name.trim() === '') throw new InvalidProjection('A projection needs a name: @Projection({ name: "…" })');
  if (!Number.isSafeInteger(version) || version < 1) {
    throw new InvalidProjection(`Projection "${name}" has version ${version}: give it a whole number from 1 on`);
  }
  if (!Number.isSafeInteger(lanes) || lanes < 1 || lanes > MOST_LANES) {
    throw new InvalidProjection(`Projection "${name}" has ${lanes} lanes: give it 1 to ${MOST_LANES}`);
  }
  const projection: DeclaredProjection = {
    name,
    version,
    lanes,
    rows,
    mode: options.mode ?? 'async',
    tables: options.tables ?? [],
    startAt: options.startAt ?? 'first',
    onFailure: options.onFailure ?? 'stop',
    parkBy: options.parkBy ?? (({ stream }) => stream),
  };
  return (target) => void declared.set(target, projection);
}

/** What `@Projection` says about a class, if anything. */
export const declarationOf = (projection: object): DeclaredProjection | undefined => declared.get(projection);

/** Name and version in one word, as in `order-summary v2`. */
export const describeProjection = ({ name, version }: ProjectionKey): string => `${name} v${version}`;
