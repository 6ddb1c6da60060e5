import { InvalidProjection } from './invalid-projection.js';

/** What `@Projection` says. */
export interface ProjectionOptions {
  /** Names the projection in the database and in `Projections`. Never change it: another name starts from the first event. */
  readonly name: string;
  /** Of the read model's shape, from 1. Another version has a cursor of its own and starts from the first event. @default 1 */
  readonly version?: number;
}

/** A projection as the database knows it. */
export interface ProjectionKey {
  readonly name: string;
  readonly version: number;
}

const declared = new WeakMap<object, ProjectionKey>();

/**
 * Marks a provider whose `@On(Event)` methods keep a read model. It runs in one process at a time; what its methods write
 * through `context.manager` and its cursor are one transaction, so each event takes effect exactly once there.
 * @throws InvalidProjection (`CQRS_INVALID_PROJECTION`) when the name is empty or the version is no whole number from 1 on
 */
export function Projection({ name, version = 1 }: ProjectionOptions): ClassDecorator {
  if (name.trim() === '') throw new InvalidProjection('A projection needs a name: @Projection({ name: "…" })');
  if (!Number.isSafeInteger(version) || version < 1) {
    throw new InvalidProjection(`Projection "${name}" has version ${version}: give it a whole number from 1 on`);
  }
  return (target) => void declared.set(target, { name, version });
}

/** What `@Projection` says about a class, if anything. */
export const projectionKeyOf = (projection: object): ProjectionKey | undefined => declared.get(projection);

/** Name and version in one word, as in `order-summary v2`. */
export const describeProjection = ({ name, version }: ProjectionKey): string => `${name} v${version}`;
