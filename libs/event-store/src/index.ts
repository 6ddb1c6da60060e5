export { EventStore } from './event-store.js';

export type { AppendOptions, EventBatch, StreamChange } from './event-store.js';
export type { ReadAllOptions, StreamRange, TailOptions } from './reading/read-options.js';
export type { Appended, AppendResult, PendingAppend } from './stream/appended.js';
export type { NamedEvent, NewEvent } from './stream/new-event.js';
export type { EventMetadata, RecordedEvent, StreamEvent } from './stream/recorded-event.js';
