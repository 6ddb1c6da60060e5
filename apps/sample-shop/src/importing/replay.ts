import type { Entry } from './entry.js';
import { entriesOf } from './entry.js';
import type { ImportTally } from './import-summary.js';
import { invoicesOf } from './invoice.js';
import type { InvoiceLine, RejectedLine } from './invoice-line.js';
import { isRejected } from './invoice-line.js';
import { invoiceLines } from './invoice-lines.js';
import type { ReturnMatch } from './return-match.js';
import { SalesLedger } from './sales-ledger.js';
import type { Survey } from './survey.js';

/** An entry, and for a cancellation the match of each of its lines; else no matches. */
export interface ReplayedEntry {
  readonly entry: Entry;
  readonly matches: readonly ReturnMatch[];
}

/** Who is told what while a file is replayed, and who may end it. */
export interface ReplayListeners {
  /** Counts lines and entries. */
  readonly tally: ImportTally;
  /** Told of each line left out, in the order of the file. */
  readonly onRejected?: (line: RejectedLine) => void;
  /** Ends the replay with its reason, also between two lines of which none is accepted. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Gives out what a file means to the shop, in the order in which its invoices end. All of it, matches too, follows from
 * the file alone: a replay after a crash gives the same entries, and those that were taken in already can be passed over.
 *
 * @param surveyed the survey of the file
 * @param listeners who is told what
 * @param ledger the sales to match against; pass one in which earlier files are recorded to match across files
 * @throws UnreadableFile (SHOP_UNREADABLE_FILE) when the file can no longer be read or was changed since the survey
 */
export async function* replay(
  surveyed: Survey,
  listeners: ReplayListeners,
  ledger = new SalesLedger(),
): AsyncGenerator<ReplayedEntry> {
  for await (const invoice of invoicesOf(acceptedLines(surveyed, listeners), surveyed)) {
    for (const entry of entriesOf(invoice)) {
      if (entry.kind === 'order') ledger.record(entry);
      const matches = entry.kind === 'cancellation' ? ledger.match(entry) : [];
      listeners.tally.addEntry(entry, matches);
      yield { entry, matches };
    }
  }
}

async function* acceptedLines(surveyed: Survey, listeners: ReplayListeners): AsyncGenerator<InvoiceLine> {
  const { tally, onRejected, signal } = listeners;
  for await (const line of invoiceLines(surveyed.file)) {
    signal?.throwIfAborted();
    const isAccepted = !isRejected(line);
    tally.addLine(isAccepted);
    if (isAccepted) yield line;
    else onRejected?.(line);
  }
}
