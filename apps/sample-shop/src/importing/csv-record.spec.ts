import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CsvRecord } from './csv-record.js';
import { csvRecords } from './csv-record.js';
import { physicalLines } from './physical-line.js';

async function recordsOf(...chunks: string[]): Promise<CsvRecord[]> {
  const records: CsvRecord[] = [];
  for await (const record of csvRecords(physicalLines(from(chunks)))) records.push(record);
  return records;
}

async function* from(chunks: readonly string[]): AsyncGenerator<string> {
  yield* chunks;
}

const render = (fields: readonly string[], lineEnd: string): string =>
  `${fields.map((field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',')}${lineEnd}`;

const FIELD = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r\n', ' ', 'é', '\0', '5') });
// An empty line is passed over, so a record has at least two fields here.
const RECORDS = fc.array(fc.array(FIELD, { minLength: 2, maxLength: 5 }), { maxLength: 8 });

describe('CSV records', () => {
  it('are what was written by RFC 4180, wherever the text is cut, with the lines on which they begin', async () => {
    await fc.assert(
      fc.asyncProperty(RECORDS, fc.constantFrom('\n', '\r\n'), fc.nat(), async (records, lineEnd, seed) => {
        const texts = records.map((fields) => render(fields, lineEnd));
        const whole = texts.join('');
        const cut = whole.length === 0 ? 0 : seed % whole.length;
        let line = 1;
        const expected = records.map((fields, index) => {
          const begin = line;
          line += (texts[index] ?? '').split('\n').length - 1;
          return { line: begin, fields };
        });
        expect(await recordsOf(whole.slice(0, cut), whole.slice(cut))).toEqual(expected);
      }),
    );
  });

  it('account for each line of any text, however its quotes stand', async () => {
    const texts = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r'), maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const records = await recordsOf(text);
        const begins = records.map(({ line }) => line);
        expect(begins).toEqual([...new Set(begins)].sort((a, b) => a - b));
        const lines = text.split('\n');
        const plain = lines.flatMap((line, index) => (/^\r?$|"/.test(line) ? [] : [[index + 1, line] as const]));
        // A line without a quote is a record of its own, or inside quotes of a record that begins before it.
        const covered = records.map(
          (record) => [record.line, 'fields' in record ? record.fields.join(',') : ''] as const,
        );
        for (const [number, line] of plain) {
          const own = covered.findLast(([begin]) => begin <= number);
          expect(own?.[1]).toContain(line.replace(/\r$/, ''));
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('end with the file, with or without a line end', async () => {
    expect(await recordsOf('a,b\nc,d')).toEqual(await recordsOf('a,b\nc,d\n'));
    expect(await recordsOf('')).toEqual([]);
  });

  it('pass over empty lines but count them', async () => {
    expect(await recordsOf('a\n\n\r\nb\n')).toEqual([
      { line: 1, fields: ['a'] },
      { line: 4, fields: ['b'] },
    ]);
  });

  it('take a quote inside a line as text where it opens no field', async () => {
    expect(await recordsOf('5" NAIL,"BIG" NAIL,"a ""b"""\n')).toEqual([
      { line: 1, fields: ['5" NAIL', '"BIG" NAIL', 'a "b"'] },
    ]);
  });

  it('lose one line alone to a quote that is never closed', async () => {
    expect(await recordsOf('a,"b\nc,"d"\ne,f\n')).toEqual([
      { line: 1, fault: 'a quote is not closed' },
      { line: 2, fields: ['c', 'd'] },
      { line: 3, fields: ['e', 'f'] },
    ]);
    expect(await recordsOf('a,"b\nc\nd')).toEqual([
      { line: 1, fault: 'a quote is not closed' },
      { line: 2, fields: ['c'] },
      { line: 3, fields: ['d'] },
    ]);
  });

  it('give up on a quote that stays open for a hundred lines', async () => {
    const records = await recordsOf(`"a\n${'b\n'.repeat(1_000)}c"\n`);
    expect(records.filter((record) => 'fault' in record)).toEqual([{ line: 1, fault: 'a quote is not closed' }]);
    expect(records).toHaveLength(1_002);
  });

  it('refuse a line of any length without holding it', async () => {
    const records = await recordsOf('a\n', ...Array<string>(64).fill('x'.repeat(65_536)), '\nb\n');
    expect(records).toEqual([
      { line: 1, fields: ['a'] },
      { line: 2, fault: 'longer than 65536 characters' },
      { line: 3, fields: ['b'] },
    ]);
  });
});
