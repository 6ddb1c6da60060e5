import { InMemoryLog, InMemoryUnitOfWork } from '@annals/log';
import { LogEventStore } from './log-event-store.js';
import { testEventStore } from './testing/index.js';

testEventStore(
  'memory',
  () => {
    const log = new InMemoryLog();
    const unitOfWork = new InMemoryUnitOfWork(log);
    const store = new LogEventStore({ log, unitOfWork, wakesReaders: log });
    return Promise.resolve({ store, log, unitOfWork, wakesReaders: log, stop: () => log.stop() });
  },
  { survivesRestart: false },
);
