import 'reflect-metadata';
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { hasCode } from '@annals/message';
import { SingleBar } from 'cli-progress';
import { openShopDatabase } from '../shop-database.js';
import { FIRST_ORDERS, makeShop } from '../serve.js';
import type { ImportSummary } from './import-summary.js';
import type { ImportOptions } from './importer.js';
import { Importer } from './importer.js';
import type { RejectedLine } from './invoice-line.js';

const USAGE = `usage: npm run shop:import [-- FILE.csv[.gz]] [options]

Without a file the two weeks of real orders that come with the shop are imported.

  --json              print the summary as one JSON object
  --date-order ORDER  ymd (default), dmy or mdy
  --encoding NAME     utf-8 or latin-1 (default: found out)
  --report FILE       write all rejected lines there, with their reasons

Ends with 0 when all accepted lines are taken in, also when lines were rejected; 1 when the import failed; 2 when the file
cannot be read or the call is wrong; 130 when it was interrupted: run again, it goes on where it was. DATABASE_URL names
the database, else the embedded one in .annals/ is used.`;

const INTERRUPTED = 130;

const SHOWN_REJECTS = 20;
const DATE_ORDERS = ['ymd', 'dmy', 'mdy'] as const;
const ENCODINGS = ['utf-8', 'latin-1'] as const;

interface Call {
  readonly file: string;
  readonly json: boolean;
  readonly report: string | undefined;
  readonly options: Pick<ImportOptions, 'dateOrder' | 'encoding'>;
}

/** @throws TypeError or RangeError saying what is wrong with the call */
function readCall(args: readonly string[]): Call | 'help' {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      'date-order': { type: 'string' },
      encoding: { type: 'string' },
      report: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  if (positionals.length > 1) throw new RangeError('Name one file');
  const dateOrder = oneOf('--date-order', DATE_ORDERS, values['date-order']);
  const encoding = oneOf('--encoding', ENCODINGS, values.encoding);
  return {
    file: positionals[0] ?? FIRST_ORDERS,
    json: values.json,
    report: values.report,
    options: { ...(dateOrder && { dateOrder }), ...(encoding && { encoding }) },
  };
}

function oneOf<Value extends string>(name: string, values: readonly Value[], given?: string): Value | undefined {
  const found = values.find((value) => value === given);
  if (given !== undefined && found === undefined)
    throw new RangeError(`${name} takes ${values.join(', ')}, not ${given}`);
  return found;
}

/** Imports on the shop's database, whether the shop is open or not. */
async function importFile(
  { file, options }: Call,
  rejected: RejectedLine[],
  signal: AbortSignal,
): Promise<ImportSummary> {
  const database = await openShopDatabase();
  try {
    const shop = await makeShop(database.connectionString);
    const bar = new SingleBar({
      stream: process.stderr,
      format: '{bar} {percentage} % of {total} lines, {duration_formatted}',
    });
    const isWatched = process.stderr.isTTY;
    const started = { is: false };
    try {
      await shop.init();
      return await shop.get(Importer).import(file, {
        ...options,
        signal,
        onRejected: (line) => void rejected.push(line),
        onProgress: (done, all) => {
          if (!isWatched) return;
          if (started.is) bar.update(done);
          else bar.start(all, done);
          started.is = true;
        },
      });
    } finally {
      if (started.is) bar.stop();
      await shop.close();
    }
  } finally {
    await database.stop();
  }
}

/** Aborted by Ctrl-C and the like. The import then ends between two invoices and lets go of its database. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => controller.abort());
  return controller.signal;
}

function print(summary: ImportSummary, rejected: readonly RejectedLine[], report: string | undefined): void {
  for (const [name, value] of Object.entries(summary)) console.log(`${name.padEnd(26)} ${String(value)}`);
  for (const { line, reason } of rejected.slice(0, SHOWN_REJECTS)) console.log(`line ${line}: ${reason}`);
  const more = rejected.length - SHOWN_REJECTS;
  if (more > 0) console.log(`… and ${more} more rejected lines: --report FILE lists all`);
  if (report !== undefined) console.log(`All rejected lines are listed in ${report}`);
}

async function main(): Promise<void> {
  const call = readCall(process.argv.slice(2));
  if (call === 'help') {
    console.log(USAGE);
    return;
  }
  const rejected: RejectedLine[] = [];
  const summary = await importFile(call, rejected, interruption());
  if (call.report !== undefined) {
    await writeFile(call.report, rejected.map(({ line, reason }) => `${line}\t${reason}\n`).join(''));
  }
  if (call.json) console.log(JSON.stringify(summary));
  else print(summary, rejected, call.report);
}

main().catch((error: unknown) => {
  if (error instanceof DOMException && error.name === 'AbortError') {
    console.error('Interrupted: run it again, and it goes on where it was');
    process.exitCode = INTERRUPTED;
    return;
  }
  const isCallersFault =
    hasCode(error, 'SHOP_UNREADABLE_FILE') || error instanceof RangeError || error instanceof TypeError;
  console.error(error instanceof Error ? error.message : String(error));
  if (isCallersFault && !hasCode(error, 'SHOP_UNREADABLE_FILE')) console.error(`\n${USAGE}`);
  process.exitCode = isCallersFault ? 2 : 1;
});
