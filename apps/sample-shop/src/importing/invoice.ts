import type { InvoiceKind, InvoiceLine } from './invoice-line.js';
import type { Survey } from './survey.js';
import { UnreadableFile } from './unreadable-file.js';

/** All accepted lines of one invoice, in the order of the file. A line's identity is the invoice and its place here. */
export interface Invoice {
  readonly number: string;
  readonly kind: InvoiceKind;
  readonly lines: readonly InvoiceLine[];
}

/**
 * Puts invoices together, each given out when its last line has been read. Only open invoices are held, so an interrupted
 * one costs the memory of its own lines.
 *
 * @param lines the accepted lines of the file
 * @param surveyed what the survey of the same file told
 * @throws UnreadableFile (SHOP_UNREADABLE_FILE) when the file is no longer the one that was surveyed
 */
export async function* invoicesOf(lines: AsyncIterable<InvoiceLine>, surveyed: Survey): AsyncGenerator<Invoice> {
  const ends = new Map(surveyed.ends);
  const open = new Map<string, InvoiceLine[]>();
  for await (const line of lines) {
    const end = ends.get(line.invoice);
    if (end === undefined || end < line.line) throw changed(surveyed);
    const soFar = open.get(line.invoice);
    const all = soFar ?? [];
    all.push(line);
    if (end === line.line) {
      ends.delete(line.invoice);
      open.delete(line.invoice);
      yield { number: line.invoice, kind: line.kind, lines: all };
    } else if (soFar === undefined) open.set(line.invoice, all);
  }
  if (ends.size > 0) throw changed(surveyed);
}

const changed = ({ file }: Survey): UnreadableFile =>
  new UnreadableFile(file.path, 'it was changed while it was read; run the import again');
