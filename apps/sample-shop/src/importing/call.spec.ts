import { describe, expect, it } from 'vitest';
import { FIRST_ORDERS } from '../first-orders.js';
import { readCall } from './call.js';

describe('A call of the import', () => {
  it('without arguments is for the two weeks of real orders', () => {
    expect(readCall([])).toEqual({ file: FIRST_ORDERS, json: false, report: undefined, options: {} });
  });

  it('names a file and says how it is read, in any order', () => {
    const args = ['--json', '--date-order', 'dmy', 'orders.csv', '--encoding=latin-1', '--report', 'rejected.txt'];
    expect(readCall(args)).toEqual({
      file: 'orders.csv',
      json: true,
      report: 'rejected.txt',
      options: { dateOrder: 'dmy', encoding: 'latin-1' },
    });
  });

  it.each([['--help'], ['-h'], ['orders.csv', '--help']])('asks for help by %j', (...args) => {
    expect(readCall(args)).toBe('help');
  });

  it.each([
    [['--jsn'], "Unknown option '--jsn'"],
    [['--json=yes'], "'--json' does not take an argument"],
    [['--report'], "'--report <value>' argument missing"],
    [['--report='], '--report takes the name of a file'],
    [['a.csv', 'b.csv'], 'One file at a time, not a.csv and b.csv'],
    [[''], 'The name of the file is empty'],
    [['--date-order', 'ydm'], '--date-order takes ymd, dmy, mdy, not "ydm"'],
    [['--encoding', 'utf8'], '--encoding takes utf-8, latin-1, not "utf8"'],
  ])('is refused for %j', (args, message) => {
    const call = () => readCall(args);
    expect(call).toThrow(expect.objectContaining({ code: 'SHOP_WRONG_CALL' }));
    expect(call).toThrow(message);
  });
});
