import { csvRecords } from './csv-record.js';
import type { Header } from './header.js';
import { readHeader } from './header.js';
import type { Encoding } from './invoice-file.js';
import { textOf } from './invoice-file.js';
import type { InvoiceLine, RejectedLine } from './invoice-line.js';
import type { DateOrder } from './invoice-time.js';
import { timeReader } from './invoice-time.js';
import { judgeLine } from './line-rules.js';
import { physicalLines } from './physical-line.js';

/** A file of invoice lines, and how to read it. */
export interface InvoiceFile {
  /** A `.csv` or `.csv.gz` file; it is read more than once, so it cannot be a pipe. */
  readonly path: string;
  readonly encoding: Encoding;
  readonly dateOrder: DateOrder;
}

/**
 * Reads a file line by line, in constant memory: each line either accepted or rejected.
 *
 * @param file the file and how to read it
 * @throws UnreadableFile (SHOP_UNREADABLE_FILE) when the file cannot be read or lacks a column
 */
export async function* invoiceLines(file: InvoiceFile): AsyncGenerator<InvoiceLine | RejectedLine> {
  const readTime = timeReader(file.dateOrder);
  let header: Header | undefined;
  for await (const record of csvRecords(physicalLines(textOf(file.path, file.encoding)))) {
    if (header === undefined) header = readHeader(file.path, 'fields' in record ? record.fields : [record.fault]);
    else yield judgeLine(record, header, readTime);
  }
  if (header === undefined) readHeader(file.path, undefined);
}
