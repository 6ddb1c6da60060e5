import type { Encoding } from './invoice-file.js';
import { detectEncoding } from './invoice-file.js';
import { isRejected } from './invoice-line.js';
import type { InvoiceFile } from './invoice-lines.js';
import { invoiceLines } from './invoice-lines.js';
import type { DateOrder } from './invoice-time.js';

/** What a first reading of a file tells, before anything of it is replayed. */
export interface Survey {
  readonly file: InvoiceFile;
  /** Lines of the file without the header and empty ones. */
  readonly lines: number;
  /** The physical line on which each invoice ends: one entry for each invoice of the file. */
  readonly ends: ReadonlyMap<string, number>;
}

/** How a file is read. */
export interface SurveyOptions {
  /** Overrides what detection would say. */
  readonly encoding?: Encoding;
  /** Order of day, month and year. @default 'ymd' */
  readonly dateOrder?: DateOrder;
  /** Ends the reading. */
  readonly signal?: AbortSignal;
}

/**
 * Reads a file once to its end. A damaged file is so found out before the first write, an interrupted invoice can be put
 * together without a guess, and a progress bar knows its whole.
 *
 * @param path a `.csv` or `.csv.gz` file
 * @throws UnreadableFile (SHOP_UNREADABLE_FILE) when the file cannot be read or lacks a column; the signal's reason when it
 *   was aborted
 */
export async function survey(path: string, options: SurveyOptions = {}): Promise<Survey> {
  const encoding = options.encoding ?? (await detectEncoding(path));
  const file: InvoiceFile = { path, encoding, dateOrder: options.dateOrder ?? 'ymd' };
  const ends = new Map<string, number>();
  let lines = 0;
  for await (const line of invoiceLines(file)) {
    options.signal?.throwIfAborted();
    lines++;
    if (!isRejected(line)) ends.set(line.invoice, line.line);
  }
  return { file, lines, ends };
}
