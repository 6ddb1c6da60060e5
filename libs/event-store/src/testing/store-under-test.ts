import type { Log, UnitOfWork, WakesReaders } from '@annals/log';
import { newId } from '@annals/message';
import type { PersonalDataParts } from '../shredding/personal-data.js';
import type { SnapshotStore } from '../snapshot/snapshot-store.js';
import type { EventStore } from '../event-store.js';
import type { RecordedEvent } from '../stream/recorded-event.js';
import type { NamedEvent } from '../stream/new-event.js';

/** A store that a contract suite has opened, with what it stands on. */
export interface OpenEventStore {
  readonly store: EventStore;
  readonly log: Log;
  readonly wakesReaders: WakesReaders;
  readonly unitOfWork: UnitOfWork;
  readonly snapshots: SnapshotStore;
  readonly personal: PersonalDataParts;
  readonly resumeShredding: () => Promise<void>;
  /** What the store was told about snapshots that could not be taken or used. */
  readonly faults: readonly (Error & { readonly code?: string })[];
  /** Resolves when all snapshots that are due are written. */
  readonly snapshotsWritten: () => Promise<void>;
  /** Stops all and removes what it left. */
  stop(): Promise<void>;
}

/** What the tests of one suite share: one store, in which each test uses streams of its own. */
export type StoreUnderTest = () => OpenEventStore;

/** A stream that no other test uses. */
export const aStream = (category = 'order'): string => `${category}-${newId()}`;

/** A category that no other test uses. */
export const aCategory = (): string => `c${newId().replaceAll('-', '')}`;

/** So many events, numbered from 1. */
export const events = (howMany: number, given: Partial<NamedEvent> = {}): NamedEvent[] =>
  Array.from({ length: howMany }, (_, index) => ({ type: 'happened', data: { n: index + 1 }, ...given }));

/** All that an iteration gives. */
export async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** The revisions that an iteration of one stream gives. */
export const revisions = async (read: AsyncIterable<{ readonly revision: number }>): Promise<number[]> =>
  (await all(read)).map(({ revision }) => revision);

/** The error that a call fails with; fails the test when it does not. */
export async function failureOf(call: Promise<unknown>): Promise<Error & { readonly code?: string }> {
  try {
    await call;
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
  throw new Error('the call was to fail, but did not');
}

/** Reads a tail until it has given so many events; leaves the loop then. */
export async function take(
  tail: AsyncIterable<{ readonly events: readonly RecordedEvent[] }>,
  howMany: number,
): Promise<RecordedEvent[]> {
  const taken: RecordedEvent[] = [];
  for await (const batch of tail) {
    taken.push(...batch.events);
    if (taken.length >= howMany) break;
  }
  return taken;
}
