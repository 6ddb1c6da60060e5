import type { EventMetadata } from '../stream/recorded-event.js';

/** An event on its way into another store: as it is stored, before upcasters, with its personal values opened. */
export interface CopiedEvent {
  readonly id: string;
  readonly stream: string;
  readonly tenant: string | undefined;
  /** In the store it comes from. */
  readonly revision: number;
  readonly type: string;
  readonly version: number;
  /** Plain JSON; `Shredded` where a personal value is gone. */
  readonly data: unknown;
  readonly metadata: EventMetadata;
  readonly recordedAt: Date;
  /** The subject of each field that is personal. A field that is renamed must be renamed here, too. */
  readonly personal: Readonly<Record<string, string>>;
}

/**
 * What becomes of an event: itself, changed or not; several events in its place, of which the first keeps its id; or nothing.
 */
export type Transform = (event: CopiedEvent) => CopiedEvent | readonly CopiedEvent[] | undefined;
