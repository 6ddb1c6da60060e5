import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ImportTally } from './import-summary.js';
import { replay } from './replay.js';
import { survey } from './survey.js';
import { importFile } from './testing/import-file.js';
import { temporaryFile } from './testing/temporary-file.js';

const HEADER = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country';
const LINE = '536365,85123A,CAFÉ £5 HEART,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom';
const FILE = `${HEADER}\n${LINE}\n`;

const unreadable = (fault: string | RegExp) => ({
  code: 'SHOP_UNREADABLE_FILE',
  message: expect.stringMatching(fault),
});

const descriptions = async (content: Uint8Array | string, options?: Parameters<typeof survey>[1]) => {
  const { entries, summary } = await importFile(temporaryFile(content), options);
  expect(summary).toMatchObject({ linesRead: 1, linesRejected: 0 });
  return entries.flatMap(({ entry }) => entry.lines.map((line) => line.description));
};

describe('An invoice file', () => {
  it('is read as UTF-8, with a byte order mark, with CRLF and packed', async () => {
    expect(await descriptions(FILE)).toEqual(['CAFÉ £5 HEART']);
    expect(await descriptions(`\ufeff${FILE}`)).toEqual(['CAFÉ £5 HEART']);
    expect(await descriptions(FILE.replaceAll('\n', '\r\n'))).toEqual(['CAFÉ £5 HEART']);
    expect(await descriptions(gzipSync(FILE))).toEqual(['CAFÉ £5 HEART']);
  });

  it('is read as Latin-1 when one line of it is not UTF-8', async () => {
    expect(await descriptions(Buffer.from(FILE, 'latin1'))).toEqual(['CAFÉ £5 HEART']);
    expect(await descriptions(gzipSync(Buffer.from(FILE.replaceAll('\n', '\r\n'), 'latin1')))).toEqual([
      'CAFÉ £5 HEART',
    ]);
  });

  it('is read as the caller says', async () => {
    expect(await descriptions(FILE, { encoding: 'latin-1' })).toEqual(['CAFÃ\u0089 Â£5 HEART']);
    expect(await descriptions(Buffer.from(FILE, 'latin1'), { encoding: 'utf-8' })).toEqual(['CAF\ufffd \ufffd5 HEART']);
    const mdy = FILE.replace('2010-12-01 08:26:00', '12/1/2010 8:26');
    expect(await descriptions(mdy, { dateOrder: 'mdy' })).toEqual(['CAFÉ £5 HEART']);
  });

  it('may have its columns in any order, quoted, and others beside them', async () => {
    const names = HEADER.split(',');
    const fields = LINE.split(',');
    const turned = (parts: string[]) => ['more', ...parts.toReversed()].map((part) => `"${part}"`).join(',');
    expect(await descriptions(`${turned(names)}\n${turned(fields)}\n`)).toEqual(['CAFÉ £5 HEART']);
    const marked = Buffer.from(`\ufeff${turned(names)}\n`);
    expect(await descriptions(Buffer.concat([marked, Buffer.from(turned(fields), 'latin1')]))).toEqual([
      'CAFÉ £5 HEART',
    ]);
  });

  it('without a line is empty, not wrong', async () => {
    expect((await importFile(temporaryFile(`${HEADER}\n`))).summary).toMatchObject({ linesRead: 0, netTotal: '0.00' });
  });

  it.each([
    ['without content', '', /it is empty/],
    ['without a column', FILE.replace('UnitPrice', 'Price'), /but not so UnitPrice:/],
    ['with a column twice', FILE.replace('Country', 'Quantity'), /but not so Quantity, Country:/],
    ['without a header', `${LINE}\n`, /name each column once/],
    ['that is a damaged gzip', gzipSync(FILE).subarray(0, 60), /unexpected end of file/],
  ])('%s is refused before anything is replayed', async (_, content, fault) => {
    await expect(survey(temporaryFile(content))).rejects.toMatchObject(unreadable(fault));
  });

  it('that is not there is refused', async () => {
    await expect(survey('/nowhere/orders.csv')).rejects.toMatchObject(unreadable(/ENOENT/));
  });

  it.each([
    ['grown', `${FILE}${LINE}\n`],
    ['shrunk', `${HEADER}\n`],
  ])('that has %s since its survey is refused', async (_, content) => {
    const surveyed = await survey(temporaryFile(FILE));
    const changed = { ...surveyed, file: { ...surveyed.file, path: temporaryFile(content) } };
    const whole = async () => {
      for await (const { entry } of replay(changed, { tally: new ImportTally() })) expect(entry.lines).toHaveLength(1);
    };
    await expect(whole()).rejects.toMatchObject(unreadable(/changed while it was read/));
  });
});
