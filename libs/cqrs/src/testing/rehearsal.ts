import { InMemoryKeyStore, InMemorySnapshots, InMemorySubjectRegistry, LogEventStore } from '@annals/event-store';
import type { NewEvent } from '@annals/event-store';
import { InMemoryLog, InMemoryUnitOfWork } from '@annals/log';
import type { EventSourced } from '../commanding/event-sourced.js';
import type { AggregateKind } from '../commanding/repository.js';
import { Repository } from '../commanding/repository.js';
import type { ComparedEvent, Outcome } from './outcome.js';

const ID = '1';

/** What is given and done. */
export interface Script<Subject extends EventSourced> {
  readonly kind: AggregateKind<Subject>;
  readonly history: readonly NewEvent[];
  readonly steps: readonly ((subject: Subject) => unknown)[];
}

/** Does what a script says in a store in memory. */
export async function rehearse<Subject extends EventSourced>(
  { kind, history, steps }: Script<Subject>,
  how: 'replayed' | 'from a snapshot',
): Promise<Outcome<Subject>> {
  const snapshot = how === 'replayed' ? undefined : { ...kind.snapshot, when: () => true };
  const faults: Error[] = [];
  const store = open((fault) => faults.push(fault instanceof Error ? fault : new Error(String(fault))));
  const repository = new Repository(store, { ...kind, snapshot });
  const stream = repository.streamOf(ID);
  await store.append(stream, 'any', history);
  let before = history.length;
  for (const [index, step] of steps.entries()) {
    // Leaves the snapshot that the next read begins with.
    if (how === 'from a snapshot') await repository.find(ID);
    await store.snapshotsWritten();
    const subject = (await repository.find(ID)) ?? kind.create(ID);
    before = subject.revision;
    try {
      await step(subject);
      await repository.save(subject);
    } catch (error) {
      if (index < steps.length - 1) throw error;
      const state = (await repository.find(ID)) ?? kind.create(ID);
      refuseFaults(faults);
      return { events: [], refusal: { error }, state };
    }
  }
  await store.snapshotsWritten();
  const state = (await repository.find(ID)) ?? kind.create(ID);
  refuseFaults(faults);
  return { events: await eventsAfter(store, stream, before), refusal: undefined, state };
}

/** A state that cannot be a snapshot is a fault of the aggregate. */
function refuseFaults([fault]: readonly Error[]): void {
  if (fault !== undefined) throw fault;
}

/** Events as they are when they are read back from the aggregate's stream. */
export async function asStored<Subject extends EventSourced>(
  { kind }: Script<Subject>,
  events: readonly NewEvent[],
): Promise<ComparedEvent[]> {
  const store = open(() => undefined);
  const stream = `${kind.category}-${ID}`;
  await store.append(stream, 'any', events);
  return eventsAfter(store, stream, 0);
}

function open(onSnapshotFault: (fault: unknown) => void): LogEventStore {
  const log = new InMemoryLog();
  const snapshots = new InMemorySnapshots(log);
  const personal = { keys: new InMemoryKeyStore(), subjects: new InMemorySubjectRegistry(log, snapshots) };
  const parts = { log, unitOfWork: new InMemoryUnitOfWork(log), wakesReaders: log, snapshots, personal };
  return new LogEventStore(parts, { onSnapshotFault });
}

async function eventsAfter(store: LogEventStore, stream: string, revision: number): Promise<ComparedEvent[]> {
  const events: ComparedEvent[] = [];
  for await (const { type, version, data } of store.read(stream, { from: revision + 1 })) {
    events.push({ type, version, data });
  }
  return events;
}
