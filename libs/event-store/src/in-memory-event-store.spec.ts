import { InMemoryLog, InMemoryUnitOfWork } from '@annals/log';
import { InMemorySnapshots } from './engines/in-memory/in-memory-snapshots.js';
import { testEventStore } from './testing/index.js';
import { openedStore } from './testing/opened-store.js';

testEventStore(
  'memory',
  () => {
    const log = new InMemoryLog();
    const parts = {
      log,
      unitOfWork: new InMemoryUnitOfWork(log),
      wakesReaders: log,
      snapshots: new InMemorySnapshots(log),
    };
    return Promise.resolve(openedStore(parts, () => log.stop()));
  },
  { survivesRestart: false },
);
