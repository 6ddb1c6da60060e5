import type { StreamEvent } from '@annals/event-store';
import { InvalidProjection } from './invalid-projection.js';
import type { ProjectionDefinition } from './projection-definition.js';
import type { ProjectionRunner } from './projection-runner.js';
import type { EventInHand } from './projection-status.js';
import type { RateMeter } from './rate-meter.js';
import { UnknownProjection } from './unknown-projection.js';

/** What this process knows of one projection. */
export interface KnownProjection {
  readonly definition: ProjectionDefinition;
  /** Undefined for one that runs inline, or on demand. */
  readonly runner: ProjectionRunner | undefined;
  readonly rate: RateMeter;
  inHand: { readonly event: StreamEvent; readonly since: number } | undefined;
  /** Whether it is to run; it may have to wait before it does. */
  wanted: boolean;
}

/** The projections of a process by name. */
export class KnownProjections {
  private readonly known = new Map<string, KnownProjection>();

  /** In the order they were added. */
  get names(): readonly string[] {
    return [...this.known.keys()];
  }

  /** @throws InvalidProjection (`CQRS_INVALID_PROJECTION`) when another has its name */
  add(known: KnownProjection): void {
    const { name } = known.definition.key;
    if (this.known.has(name)) throw new InvalidProjection(`Two projections have the name "${name}": rename one`);
    this.known.set(name, known);
  }

  /** @throws UnknownProjection (`CQRS_UNKNOWN_PROJECTION`) */
  find(name: string): KnownProjection {
    const known = this.known.get(name);
    if (known === undefined) throw new UnknownProjection(name, this.names);
    return known;
  }

  /** One with a cursor. @throws UnknownProjection (`CQRS_UNKNOWN_PROJECTION`), InvalidProjection (`CQRS_INVALID_PROJECTION`) */
  findRun(name: string): KnownProjection {
    const known = this.find(name);
    if (known.runner !== undefined) return known;
    const { title, declared } = known.definition;
    throw new InvalidProjection(`Projection ${title} is ${declared.mode}: it has no cursor that could stand elsewhere`);
  }

  /** One, or all. @throws UnknownProjection (`CQRS_UNKNOWN_PROJECTION`) */
  chosen(name: string | undefined): readonly KnownProjection[] {
    return name === undefined ? [...this.known.values()] : [this.find(name)];
  }
}

/** What a handler is at. @param now milliseconds on the clock that `since` was read from */
export function inHandOf({ inHand }: KnownProjection, now: number): EventInHand | undefined {
  if (inHand === undefined) return undefined;
  const { type, stream, revision, partition, offset } = inHand.event;
  return { type, stream, revision, partition, offset, forMs: now - inHand.since };
}
