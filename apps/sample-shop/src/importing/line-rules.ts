import type { CsvRecord } from './csv-record.js';
import type { Column, Header } from './header.js';
import type { InvoiceKind, InvoiceLine, RejectedLine } from './invoice-line.js';
import type { TimeReader } from './invoice-time.js';
import { parseMoney } from '../money.js';

const KINDS: ReadonlyMap<string, InvoiceKind> = new Map([
  ['', 'sale'],
  ['C', 'cancellation'],
  ['A', 'adjustment'],
]);

const INVOICE_NUMBER = /^([CA]?)\d{1,15}$/;
const QUANTITY = /^-?0*\d{1,9}$/;
const CUSTOMER_AS_FLOAT = /^(\d+)\.0+$/;
const MAX_STOCK_CODE_LENGTH = 100;
const MAX_EXCERPT_LENGTH = 40;

/**
 * Decides whether a record becomes a line of an invoice. A rejection names every column at fault, with its value.
 *
 * @param record a record of the file
 * @param header where the columns stand
 * @param readTime reads InvoiceDate
 */
export function judgeLine(record: CsvRecord, header: Header, readTime: TimeReader): InvoiceLine | RejectedLine {
  const { line } = record;
  if ('fault' in record) return { line, reason: record.fault };
  const { fields } = record;
  if (fields.length !== header.width)
    return { line, reason: `${fields.length} fields, but the header has ${header.width}` };
  const faults: string[] = [];
  const read = <T>(column: Column, parse: (text: string) => T | undefined, expected: string): T | undefined => {
    const text = (fields[header.at[column]] ?? '').trim();
    const value = text === '' ? undefined : parse(text);
    if (value === undefined)
      faults.push(`${column} ${text === '' ? 'is missing' : `${excerpt(text)} is not ${expected}`}`);
    return value;
  };
  const number = read('InvoiceNo', parseNumber, 'digits with no prefix, a C or an A');
  const stockCode = read(
    'StockCode',
    parseStockCode,
    `text of at most ${MAX_STOCK_CODE_LENGTH} characters without NUL`,
  );
  const quantity = read('Quantity', parseQuantity, 'a whole number other than 0, of at most 9 digits');
  const at = read('InvoiceDate', readTime, 'a date and time in the order given');
  const unitPrice = read('UnitPrice', parseMoney, 'a decimal number of at most 3 decimals');
  if (
    number === undefined ||
    stockCode === undefined ||
    quantity === undefined ||
    at === undefined ||
    unitPrice === undefined
  )
    return { line, reason: faults.join('; ') };
  const optional = (column: Column): string | undefined => withoutNul(fields[header.at[column]]);
  const customer = optional('CustomerID')?.trim().replace(CUSTOMER_AS_FLOAT, '$1');
  const country = optional('Country')?.trim();
  return {
    line,
    ...number,
    stockCode,
    description: optional('Description'),
    quantity,
    at,
    unitPrice,
    customer,
    country,
  };
}

function parseNumber(text: string): Pick<InvoiceLine, 'invoice' | 'kind'> | undefined {
  const kind = KINDS.get(INVOICE_NUMBER.exec(text)?.[1] ?? 'none');
  return kind && { invoice: text, kind };
}

const parseStockCode = (text: string): string | undefined =>
  text.length <= MAX_STOCK_CODE_LENGTH && !text.includes('\0') ? text : undefined;

function parseQuantity(text: string): number | undefined {
  const quantity = QUANTITY.test(text) ? Number(text) : 0;
  return quantity === 0 ? undefined : quantity;
}

/** No text column of Postgres can hold NUL; where the text is not an identity, the rest of it is kept. */
function withoutNul(text: string | undefined): string | undefined {
  const kept = text?.replaceAll('\0', '');
  return kept?.trim() === '' ? undefined : kept;
}

const excerpt = (text: string): string => JSON.stringify(text.slice(0, MAX_EXCERPT_LENGTH));
