import type { LogEventStoreParts } from '../log-event-store.js';
import { LogEventStore } from '../log-event-store.js';
import type { PersonalDataParts } from '../shredding/personal-data.js';
import type { SnapshotStore } from '../snapshot/snapshot-store.js';
import type { OpenEventStore } from './store-under-test.js';

/** A store on parts that an engine has opened, as a contract suite wants it. */
export function openedStore(
  parts: LogEventStoreParts & { readonly snapshots: SnapshotStore; readonly personal: PersonalDataParts },
  stop: () => Promise<void>,
): OpenEventStore {
  const faults: Error[] = [];
  const store = new LogEventStore(parts, { onSnapshotFault: (error) => faults.push(error as Error) });
  return {
    ...parts,
    store,
    faults,
    stop,
    snapshotsWritten: () => store.snapshotsWritten(),
    resumeShredding: () => store.resumeShredding(),
  };
}
