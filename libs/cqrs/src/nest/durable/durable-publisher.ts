import type { EventStore } from '@annals/event-store';
import type { IEvent, IEventPublisher } from '@nestjs/cqrs';
import { appendPublished, currentPublications } from '../../commanding/publications.js';
import type { AnyClass, StoredNames } from './stored-names.js';
import { UnnamedClasses } from './unnamed-classes.js';

/** Names the stream of an event; undefined: the usual one. */
export type StreamOf = (event: object, dispatcher: object | undefined) => string | undefined;

/**
 * Publishes events of `@nestjs/cqrs` by appending them. An aggregate's go to its stream, `category-id`, others to one of their
 * type; inside a command all are appended together at its end.
 */
export class DurablePublisher implements IEventPublisher {
  constructor(
    private readonly store: EventStore,
    private readonly names: StoredNames,
    private readonly streamOf: StreamOf | undefined,
  ) {}

  /** @throws UnnamedClasses (`CQRS_UNNAMED_CLASSES`), and what `EventStore.appendAll` throws */
  publish(event: IEvent, dispatcher?: unknown): Promise<void> | undefined {
    return this.publishAll([event], dispatcher);
  }

  /** As `publish`, all or none. */
  publishAll(events: readonly IEvent[], dispatcher?: unknown): Promise<void> | undefined {
    const from = typeof dispatcher === 'object' && dispatcher !== null ? dispatcher : undefined;
    const published = events.map((event) => ({ stream: this.streamFor(event, from), events: [event] }));
    if (published.length === 0) return undefined;
    const pending = currentPublications();
    if (pending === undefined) return appendPublished(this.store, published);
    pending.push(...published);
    return undefined;
  }

  private streamFor(event: object, dispatcher: object | undefined): string {
    const name = this.names.ofEvent(event.constructor as AnyClass);
    if (name === undefined) throw new UnnamedClasses([event.constructor.name]);
    const given = this.streamOf?.(event, dispatcher);
    if (given !== undefined) return given;
    const id = dispatcher && 'id' in dispatcher ? dispatcher.id : undefined;
    if (dispatcher === undefined || (typeof id !== 'string' && typeof id !== 'number')) return `published-${name}`;
    return `${this.names.categoryOf(dispatcher)}-${id}`;
  }
}
