import { UnreadableFile } from './unreadable-file.js';

/** The columns an invoice file has to have, in any order, beside any others. */
export const COLUMNS = [
  'InvoiceNo',
  'StockCode',
  'Description',
  'Quantity',
  'InvoiceDate',
  'UnitPrice',
  'CustomerID',
  'Country',
] as const;

/** The name of a column an invoice file has to have. */
export type Column = (typeof COLUMNS)[number];

/** Where each column stands, and how many fields every line has to have. */
export interface Header {
  readonly width: number;
  readonly at: Readonly<Record<Column, number>>;
}

/** The UTF-8 byte order mark, as it looks when its bytes were read as Latin-1. */
const MARK_IN_LATIN_1 = /^ï»¿"?|"$/g;

/**
 * Reads the header line.
 *
 * @param path the file, for the error
 * @param names the first record of the file, or undefined when it has none
 * @throws UnreadableFile (SHOP_UNREADABLE_FILE) naming the columns that are missing or there twice
 */
export function readHeader(path: string, names: readonly string[] | undefined): Header {
  if (names === undefined)
    throw new UnreadableFile(path, `it is empty; its first line has to name ${COLUMNS.join(', ')}`);
  const found = names.map((name) => name.replace(MARK_IN_LATIN_1, '').trim());
  const wrong = COLUMNS.filter(
    (column) => !found.includes(column) || found.indexOf(column) < found.lastIndexOf(column),
  );
  if (wrong.length > 0) {
    const seen = JSON.stringify(found.join(',').slice(0, 200));
    throw new UnreadableFile(
      path,
      `its first line has to name each column once, but not so ${wrong.join(', ')}: ${seen}`,
    );
  }
  const at = Object.fromEntries(COLUMNS.map((column) => [column, found.indexOf(column)])) as Record<Column, number>;
  return { width: names.length, at };
}
