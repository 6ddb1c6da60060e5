// A process with a member of each of two groups, for bus-stress.hard-spec.ts: `plain` handles at least once and says so in
// rows of its own transactions; `exact` handles effectively once, with rows in the transaction of the cursor.
import { DataSource } from 'typeorm';

/** The built libraries, which a fresh clone has only after `npm run build`. */
const built = (lib) => import(new URL(`../../dist/libs/${lib}/src/index.js`, import.meta.url).href);
const { Bus, PostgresBusEngine } = await built('bus');

const connectionString = process.argv[2];
const dataSource = await new DataSource({ type: 'postgres', url: connectionString, extra: { max: 10 } }).initialize();
const bus = new Bus(
  await PostgresBusEngine.open({ connectionString, applicationName: 'annals stress' }, { dataSource }),
);

const INSERT = 'INSERT INTO handled (who, key, sequence) SELECT $1, * FROM unnest($2::text[], $3::bigint[])';
const insert = (manager, who, records) =>
  manager.query(INSERT, [who, records.map(({ key }) => key), records.map(({ value }) => value)]);

const options = { topic: 'orders', heartbeatMs: 500, sessionMs: 2_000, batchSize: 200, retryBaseMs: 10 };
await bus.subscribeBatch({ ...options, group: 'plain' }, (records) => insert(dataSource, 'plain', records));
await bus.subscribeBatch({ ...options, group: 'exact', guarantee: 'effectively-once' }, (records, { manager }) =>
  insert(manager, 'exact', records),
);

process.send('started');
process.on('message', async () => {
  await bus.stop();
  await dataSource.destroy();
  process.exit();
});
process.on('disconnect', () => process.exit(1));
