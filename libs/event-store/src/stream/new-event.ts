import type { EventMetadata } from './recorded-event.js';

/** An event given by name, for data without a class. */
export interface NamedEvent {
  /** UUID v7. @default a new one */
  readonly id?: string;
  readonly type: string;
  /** Schema version of the type. @default 1 */
  readonly version?: number;
  readonly data: unknown;
  readonly metadata?: EventMetadata;
}

/** An event to append: an instance of a `@DomainEvent` class, or a NamedEvent (whose `data` may be such an instance). */
export type NewEvent = NamedEvent | object;
