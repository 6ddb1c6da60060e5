// A process that sends one command many times at once, for command-ledger.hard-spec.ts: tells its parent the answers.
import 'reflect-metadata';
import { DataSource } from 'typeorm';

/** The built libraries, which a fresh clone has only after `npm run build`. */
const built = (lib) => import(new URL(`../../../../dist/libs/${lib}/src/index.js`, import.meta.url).href);
const { LogEventStore } = await built('event-store');
const { PostgresLog, TypeOrmUnitOfWork } = await built('log');
const { commandLedger, isDomainRejection, pipeline, PostgresCommandLedger } = await built('cqrs');
const { AnnalsError } = await built('message');

const [, , connectionString] = process.argv;
const log = await PostgresLog.open({ connectionString });
const dataSource = await new DataSource({ type: 'postgres', url: connectionString }).initialize();
const unitOfWork = new TypeOrmUnitOfWork(dataSource, log);
const store = new LogEventStore({ log, unitOfWork, wakesReaders: log });
const ledger = await PostgresCommandLedger.open(log.database);

class Refused extends AnnalsError {
  code = 'SENDER_REFUSED';
}
class Pay {
  constructor(account, refuse) {
    this.account = account;
    this.refuse = refuse;
  }
}

const run = pipeline([commandLedger({ ledger, unitOfWork, isRejection: isDomainRejection })], async ({ message }) => {
  if (message.refuse) throw new Refused(`refused by process ${process.pid}`);
  await store.append(`account-${message.account}`, 'any', [{ type: 'paid', data: { by: process.pid } }]);
  return { by: process.pid };
});

process.on('message', async ({ commandId, account, refuse, times }) => {
  const signal = new AbortController().signal;
  const execution = { kind: 'command', message: new Pay(account, refuse), commandId, attempt: 1, signal };
  const answers = await Promise.all(
    Array.from({ length: times }, () =>
      run(execution).then(
        (value) => JSON.stringify(value),
        ({ code, message }) => `${code}: ${message}`,
      ),
    ),
  );
  process.send(answers);
});
process.send('ready');
