import { describe, expect, it } from 'vitest';
import type { DateOrder } from './invoice-time.js';
import { timeReader } from './invoice-time.js';

describe('Invoice times', () => {
  it.each<[DateOrder, string, string]>([
    ['ymd', '2010-12-01 08:26:00', '2010-12-01T08:26:00+00:00'],
    ['ymd', '2011-03-31T11:20', '2011-03-31T11:20:00+01:00'],
    ['dmy', '1/12/2010 8:26', '2010-12-01T08:26:00+00:00'],
    ['mdy', '12/1/2010 8:26', '2010-12-01T08:26:00+00:00'],
    ['mdy', '02/29/2012 23:59:59', '2012-02-29T23:59:59+00:00'],
  ])('reads %s %s', (order, text, time) => {
    expect(timeReader(order)(text)).toBe(time);
  });

  it('moves the hour that the clock skips in spring an hour on', () => {
    expect(timeReader('ymd')('2011-03-27 01:30:00')).toBe('2011-03-27T02:30:00+01:00');
  });

  it('takes the first of the two hours that the clock shows in autumn', () => {
    expect(timeReader('ymd')('2010-10-31 01:30:00')).toBe('2010-10-31T01:30:00+01:00');
  });

  it.each<[DateOrder, string]>([
    ['ymd', '2010-02-30 08:26:00'],
    ['ymd', '2011-02-29 08:26:00'],
    ['ymd', '2010-12-01'],
    ['ymd', '2010-12/01 08:26:00'],
    ['ymd', '2010-12-01 24:00:00'],
    ['ymd', '2010-12-01 08:60:00'],
    ['ymd', '2010-12-01 08:26:00Z'],
    ['ymd', '0000-12-01 08:26:00'],
    ['dmy', '2010-12-01 08:26:00'],
    ['dmy', '12/31/2010 8:26'],
    ['mdy', '31/12/2010 8:26'],
    ['mdy', '12/1/10 8:26'],
  ])('refuses, as %s, %s', (order, text) => {
    expect(timeReader(order)(text)).toBeUndefined();
  });

  it('forgets the text before', () => {
    const read = timeReader('ymd');
    const texts = ['2010-12-01 08:26:00', '2010-12-01 08:27:00', 'never', '2010-12-01 08:26:00'];
    expect(texts.map(read).map((time) => time?.slice(14, 16))).toEqual(['26', '27', undefined, '26']);
  });
});
