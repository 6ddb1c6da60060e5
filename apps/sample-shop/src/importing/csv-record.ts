import { parse } from 'csv-parse/sync';
import type { PhysicalLine } from './physical-line.js';
import { MAX_LINE_LENGTH } from './physical-line.js';

/** One record of the CSV, or a line that is none. `line` is the physical line on which it begins. */
export type CsvRecord =
  { readonly line: number; readonly fields: readonly string[] } | { readonly line: number; readonly fault: string };

/** Lines a quoted field may reach over. A quote open for longer is one that nobody closed. */
const MAX_LINES_IN_QUOTES = 100;

/**
 * Makes records of lines: RFC 4180 with CRLF or LF, line ends inside quotes kept, empty lines passed over.
 *
 * A quote that is never closed must not swallow the rest of the file. So a quoted field that runs over a line end has to
 * be strictly RFC 4180 (a comma or the line's end after its closing quote) and at most 100 lines long; else only the line
 * on which the quote was opened is a fault, and reading goes on with the next one. Inside one line, a stray quote is
 * taken as text (`5" NAIL`).
 *
 * @param lines the lines in order
 */
export async function* csvRecords(lines: AsyncIterable<PhysicalLine>): AsyncGenerator<CsvRecord> {
  const framing = new Framing();
  for await (const line of lines) yield* framing.add(line);
  yield* framing.end();
}

class Framing {
  /** The lines of a record whose quote is still open. */
  private held: PhysicalLine[] = [];

  *add(line: PhysicalLine): Generator<CsvRecord> {
    if (this.held.length === 0 && isBlank(line)) return;
    this.held.push(line);
    const text = withoutCarriageReturn(this.held.map((each) => each.text).join('\n'));
    const quotes = quotesOf(text);
    const isTooLong = line.isCut || text.length > MAX_LINE_LENGTH || this.held.length > MAX_LINES_IN_QUOTES;
    if (isTooLong || (quotes === 'stray' && this.held.length > 1)) yield* this.giveUp();
    else if (quotes !== 'open') yield this.record(text);
  }

  *end(): Generator<CsvRecord> {
    while (this.held.length > 0) yield* this.giveUp();
  }

  private record(text: string): CsvRecord {
    const line = this.held[0]?.number ?? 0;
    this.held = [];
    return text.includes('"') ? quotedRecord(line, text) : { line, fields: text.split(',') };
  }

  private *giveUp(): Generator<CsvRecord> {
    const [first, ...rest] = this.held;
    this.held = [];
    if (first === undefined) return;
    yield {
      line: first.number,
      fault: first.isCut ? `longer than ${MAX_LINE_LENGTH} characters` : 'a quote is not closed',
    };
    for (const line of rest) yield* this.add(line);
  }
}

const isBlank = ({ text }: PhysicalLine): boolean => text === '' || text === '\r';

const withoutCarriageReturn = (text: string): string => (text.endsWith('\r') ? text.slice(0, -1) : text);

/** `stray`: all quotes are closed, but text follows one of the closing ones. */
function quotesOf(text: string): 'closed' | 'open' | 'stray' {
  let quotes: 'closed' | 'stray' = 'closed';
  for (let at = 0; ; at++) {
    if (text[at] === '"') {
      do at = text.indexOf('"', at + 1) + 1;
      while (at > 0 && text[at] === '"');
      if (at === 0) return 'open';
      if (at < text.length && text[at] !== ',') quotes = 'stray';
    }
    at = text.indexOf(',', at);
    if (at < 0) return quotes;
  }
}

function quotedRecord(line: number, text: string): CsvRecord {
  const [fields, ...others] = parse(text, { relax_quotes: true, record_delimiter: ['\r\n', '\n'], max_record_size: 0 });
  return fields === undefined || others.length > 0 ? { line, fault: 'its quotes cannot be read' } : { line, fields };
}
