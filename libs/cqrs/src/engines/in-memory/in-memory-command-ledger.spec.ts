import { LogEventStore } from '@annals/event-store';
import { InMemoryLog, InMemoryUnitOfWork } from '@annals/log';
import { testCommandLedger } from '../../testing/command-ledger-contract.js';
import { InMemoryCommandLedger } from './in-memory-command-ledger.js';

testCommandLedger('the in-memory engine', () => {
  const log = new InMemoryLog();
  const unitOfWork = new InMemoryUnitOfWork(log);
  const store = new LogEventStore({ log, unitOfWork, wakesReaders: log });
  return Promise.resolve([{ ledger: new InMemoryCommandLedger(), store, unitOfWork, stop: () => Promise.resolve() }]);
});
