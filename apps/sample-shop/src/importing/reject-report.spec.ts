import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RejectReport } from './reject-report.js';
import { temporaryFile } from './testing/temporary-file.js';

const add = (report: RejectReport, lines: number): void => {
  for (let line = 1; line <= lines; line++) report.add({ line, reason: 'Quantity is missing' });
};

describe('The report of rejected lines', () => {
  it('is empty when there are none', () => {
    expect(RejectReport.open(undefined).end()).toBe('');
  });

  it('tells each line with its reason', () => {
    const report = RejectReport.open(undefined);
    add(report, 2);
    expect(report.end()).toBe('Rejected lines: 2\n1\tQuantity is missing\n2\tQuantity is missing\n');
  });

  it('tells the first thousand, and how many more there are', () => {
    const report = RejectReport.open(undefined);
    add(report, 1_003);
    const told = report.end().split('\n');
    expect(told.slice(-3)).toEqual(['1000\tQuantity is missing', '… and 3 more: --report FILE lists all', '']);
  });

  it('lists all of them in a file, over what was there', () => {
    const path = temporaryFile('of an earlier import');
    const report = RejectReport.open(path);
    add(report, 1_003);
    expect(report.end()).toBe(`Rejected lines: 1003, listed in ${path}\n`);
    const listed = readFileSync(path, 'utf8').split('\n');
    expect([listed.length, listed[0], listed[1_002]]).toEqual([
      1_004,
      '1\tQuantity is missing',
      '1003\tQuantity is missing',
    ]);
  });

  it('is refused before the import when its file cannot be written', () => {
    const folder = dirname(temporaryFile(''));
    expect(() => RejectReport.open(join(folder, 'missing', 'report.txt'))).toThrow(
      expect.objectContaining({ code: 'SHOP_WRONG_CALL' }),
    );
  });
});
