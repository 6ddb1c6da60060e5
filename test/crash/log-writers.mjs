// Ten writers in a process of its own, for log-stress.hard-spec.ts. Reports each append to its parent:
// { attempt: ids } before, then { committed: ids } or { rolledBack: ids } or { refused: ids } or { unknown: ids }.
import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource } from 'typeorm';

/** The built libraries, which a fresh clone has only after `npm run build`. */
const built = (lib) => import(new URL(`../../dist/libs/${lib}/src/index.js`, import.meta.url).href);
const { PostgresLog, TypeOrmUnitOfWork } = await built('log');
const { newId } = await built('message');

const WRITERS = 10;
const STREAMS = 40;
const ROLLBACK_PERCENT = 10;

const connectionString = process.argv[2];
const log = await PostgresLog.open({ connectionString, applicationName: 'annals stress', lockWaitMs: 100 });
const dataSource = await new DataSource({
  type: 'postgres',
  url: connectionString,
  applicationName: 'annals stress',
  extra: { max: WRITERS },
}).initialize();
const units = new TypeOrmUnitOfWork(dataSource, log);
const revisions = new Map();
let stopping = false;
let cause = null;

const report = (message) => process.send(message);
const record = () => ({
  id: newId(),
  type: 'happened',
  version: 1,
  data: JSON.stringify({ cause }),
  metadata: null,
  correlationId: randomUUID(),
  tenant: null,
});

/** One append of one to five records, to a stream that others write as well, alone or in a unit of work. */
async function write() {
  const stream = `stress-${randomInt(STREAMS)}`;
  const expected = randomInt(2) ? 'any' : (revisions.get(stream) ?? 'no-stream');
  const append = { stream, expected, records: Array.from({ length: 1 + randomInt(5) }, record) };
  const ids = append.records.map(({ id }) => id);
  report({ attempt: ids });
  try {
    const roll = randomInt(100);
    const outcome = roll < 40 ? await inUnit(append, roll < ROLLBACK_PERCENT) : await alone(append);
    report({ [outcome]: ids });
    if (outcome === 'committed') cause = ids.at(-1);
  } catch (error) {
    // A unit that was cut off before its COMMIT wrote nothing; an append that was given up may have.
    const wroteNothing = error.code === 'STORE_WRONG_EXPECTED_REVISION' || wasRolledBack(error);
    if (error.code === 'STORE_WRONG_EXPECTED_REVISION') revisions.set(stream, error.actual);
    report({ [wroteNothing ? 'refused' : 'unknown']: ids, error: String(error) });
  }
}

const wasRolledBack = (error) => error.name === 'QueryFailedError' || /before COMMIT/.test(error.message);

async function alone(append) {
  const outcome = await log.append([append]);
  if (outcome.outcome === 'conflict') revisions.set(outcome.stream, outcome.actual);
  if (outcome.outcome !== 'appended') return 'refused';
  revisions.set(append.stream, outcome.appended[0].revision);
  return 'committed';
}

async function inUnit(append, rollback) {
  const changedMind = new Error('changed my mind');
  try {
    const { appended } = await units.run(async (manager) => {
      await manager.query('SELECT 1');
      units.current().enrol([append]);
      await sleep(randomInt(5));
      if (rollback) throw changedMind;
    });
    revisions.set(append.stream, appended[0].revision);
    return 'committed';
  } catch (error) {
    if (error === changedMind) return 'rolledBack';
    throw error;
  }
}

process.on('message', () => (stopping = true));
await Promise.all(
  Array.from({ length: WRITERS }, async () => {
    while (!stopping) {
      await write();
      await sleep(randomInt(10));
    }
  }),
);
await dataSource.destroy();
await log.stop();
report({ done: true });
process.disconnect();
