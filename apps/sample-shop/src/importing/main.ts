import 'reflect-metadata';
import { hasCode, messageOf } from '@annals/message';
import { openShopDatabase } from '../shop-database.js';
import { makeShop } from '../serve.js';
import { readCall, USAGE } from './call.js';
import type { ImportSummary } from './import-summary.js';
import type { ImportOptions } from './importer.js';
import { Importer } from './importer.js';
import { InvoicesLeftOut } from './invoices-left-out.js';
import { ProgressBar } from './progress-bar.js';
import { RejectReport } from './reject-report.js';
import type { Survey } from './survey.js';
import { survey } from './survey.js';

const FAILED = 1;
const CALLERS_FAULT = 2;
const INTERRUPTED = 130;

/** Aborted by Ctrl-C and the like. The import then ends between two invoices and lets go of its database. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  // Not `once`: npm passes on the Ctrl-C that the terminal has sent to all, and the second must not kill what is ending.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => controller.abort());
  return controller.signal;
}

/** Imports on the shop's database, whether the shop is open or not. */
async function importInto(surveyed: Survey, options: ImportOptions): Promise<ImportSummary> {
  const database = await openShopDatabase();
  try {
    const shop = await makeShop(database.connectionString, false);
    const bar = new ProgressBar();
    try {
      await shop.init();
      return await shop.get(Importer).import(surveyed, { ...options, onProgress: bar.show });
    } finally {
      bar.stop();
      await shop.close();
    }
  } finally {
    await database.stop();
  }
}

function print(summary: ImportSummary, json: boolean): void {
  const lines = Object.entries(summary).map(([name, value]) => `${name.padEnd(26)} ${String(value)}`);
  console.log(json ? JSON.stringify(summary) : lines.join('\n'));
}

async function main(signal: AbortSignal): Promise<void> {
  const call = readCall(process.argv.slice(2));
  if (call === 'help') {
    console.log(USAGE);
    return;
  }
  // First of all, so that a file that cannot be read starts no database.
  const surveyed = await survey(call.file, { ...call.options, signal });
  const report = RejectReport.open(call.report);
  try {
    print(await importInto(surveyed, { signal, onRejected: (line) => report.add(line) }), call.json);
  } catch (error) {
    if (error instanceof InvoicesLeftOut) print(error.summary, call.json);
    throw error;
  } finally {
    process.stderr.write(report.end());
  }
}

function giveUp(error: unknown, wasInterrupted: boolean): void {
  if (wasInterrupted) {
    console.error('Interrupted: run it again, and it goes on where it was');
    process.exitCode = INTERRUPTED;
    return;
  }
  console.error(messageOf(error));
  const isWrongCall = hasCode(error, 'SHOP_WRONG_CALL');
  if (isWrongCall) console.error(`\n${USAGE}`);
  process.exitCode = isWrongCall || hasCode(error, 'SHOP_UNREADABLE_FILE') ? CALLERS_FAULT : FAILED;
}

const signal = interruption();
main(signal).catch((error: unknown) => giveUp(error, error === signal.reason));
