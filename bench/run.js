// @ts-check
// `npm run bench -- append|read|hot|topic|queue|command|project`: installs the peers, builds the project, starts a server, measures. Until the peers are
// installed only Node's own modules may be loaded.
import { writeFileSync } from 'node:fs';
import { readOptions, USAGE } from './harness/options.js';
import { buildProject } from './launch/build.js';
import { installPeers } from './launch/install.js';
import { openServer } from './launch/server.js';

/** @param {import('./harness/options.js').Options} options @returns {Promise<number>} the exit code */
async function bench(options) {
  await installPeers();
  await buildProject();
  const { Bench } = await import('./harness/bench.js');
  const { missed, verdictsTable } = await import('./harness/report.js');
  /** @type {{ scenarios: readonly import('./harness/bench.js').Scenario[] }} */
  const { scenarios } = await import(`./suites/${options.suite}.js`);
  const chosen = scenarios.filter(
    ({ name }) => options.only.length === 0 || options.only.some((part) => name.includes(part)),
  );
  if (chosen.length === 0)
    throw new RangeError(`--only ${options.only}: choose from ${scenarios.map(({ name }) => name).join(', ')}`);
  const server = await openServer();
  try {
    const run = await Bench.on(server.url, options);
    const interrupted = () =>
      void run
        .close()
        .finally(() => server.stop())
        .finally(() => process.exit(130));
    process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
    try {
      for (const scenario of chosen) await run.run(scenario);
    } finally {
      await run.close();
    }
    if (run.verdicts.length > 0) process.stdout.write(`\n${verdictsTable(run.verdicts)}\n`);
    if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(run.verdicts, null, 2)}\n`);
    return options.check && run.verdicts.some(missed) ? 1 : 0;
  } finally {
    await server.stop();
  }
}

try {
  process.exitCode = await bench(readOptions(process.argv.slice(2)));
} catch (error) {
  const misused =
    error instanceof RangeError || /** @type {{ code?: string }} */ (error).code?.startsWith('ERR_PARSE_ARGS');
  process.stderr.write(
    misused ? `${/** @type {Error} */ (error).message}\n\n${USAGE}\n` : `${/** @type {Error} */ (error).stack}\n`,
  );
  process.exitCode = 2;
}
