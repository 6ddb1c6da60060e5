import { InMemoryKeyStore, InMemorySnapshots, InMemorySubjectRegistry, LogEventStore } from '@annals/event-store';
import { InMemoryLog, InMemoryUnitOfWork } from '@annals/log';

/** A store that forgets all when the process ends, for examples and tests. In an application Nest injects `EventStore`. */
export function inMemoryStore(): LogEventStore & { readonly unitOfWork: InMemoryUnitOfWork } {
  const log = new InMemoryLog();
  const unitOfWork = new InMemoryUnitOfWork(log);
  const snapshots = new InMemorySnapshots(log);
  const personal = { keys: new InMemoryKeyStore(), subjects: new InMemorySubjectRegistry(log, snapshots) };
  const store = new LogEventStore({ log, unitOfWork, wakesReaders: log, snapshots, personal });
  return Object.assign(store, { unitOfWork });
}
