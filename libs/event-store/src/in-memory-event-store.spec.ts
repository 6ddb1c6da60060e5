import { InMemoryLog, InMemoryUnitOfWork } from '@annals/log';
import { InMemoryKeyStore } from './engines/in-memory/in-memory-key-store.js';
import { InMemorySubjectRegistry } from './engines/in-memory/in-memory-subject-registry.js';
import { InMemorySnapshots } from './engines/in-memory/in-memory-snapshots.js';
import type { OpenEventStore } from './testing/index.js';
import { testCopying, testEventStore, testKeyStore } from './testing/index.js';
import { openedStore } from './testing/opened-store.js';

function open(): Promise<OpenEventStore> {
  const log = new InMemoryLog();
  const snapshots = new InMemorySnapshots(log);
  const personal = { keys: new InMemoryKeyStore(), subjects: new InMemorySubjectRegistry(log, snapshots) };
  const parts = {
    log,
    unitOfWork: new InMemoryUnitOfWork(log),
    wakesReaders: log,
    snapshots,
    personal,
  };
  return Promise.resolve(openedStore(parts, () => log.stop()));
}

testEventStore('memory', open, { survivesRestart: false });
testCopying('memory', open);
testKeyStore('in memory', (test) => test(new InMemoryKeyStore()));
