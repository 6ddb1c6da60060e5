import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTimestamp, resultTypes } from './result-types.js';

const read = (oid: number, text: string): unknown => resultTypes.getTypeParser(oid)(text);

describe('resultTypes', () => {
  it.each([
    ['2026-11-24 04:05:06.789123+00', '2026-11-24T04:05:06.789Z'],
    ['2026-11-24 04:05:06.7+00', '2026-11-24T04:05:06.700Z'],
    ['2026-11-24 04:05:06+00', '2026-11-24T04:05:06.000Z'],
    ['2026-11-24 04:05:06.789+02', '2026-11-24T02:05:06.789Z'],
    ['2026-11-24 04:05:06.789+05:30', '2026-11-23T22:35:06.789Z'],
  ])('reads the timestamp %s', (text, iso) => {
    expect(parseTimestamp(text).toISOString()).toBe(iso);
  });

  it('reads every timestamp of this millennium as Date does', () => {
    const times = fc.date({ min: new Date('2000-01-01'), max: new Date('2999-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(times, (time) => {
        const text = time.toISOString().replace('T', ' ').replace('Z', '+00');
        expect(parseTimestamp(text).getTime()).toBe(time.getTime());
      }),
    );
  });

  it('reads bigint as a number and refuses one that would lose digits', () => {
    expect(read(20, '9007199254740991')).toBe(Number.MAX_SAFE_INTEGER);
    expect(() => read(20, '9007199254740993')).toThrow(RangeError);
    expect(read(1016, '{1,NULL,3}')).toEqual([1, null, 3]);
    expect(read(1016, '{}')).toEqual([]);
  });

  it('leaves JSON and unknown types as text', () => {
    expect(read(114, '{"a":1}')).toBe('{"a":1}');
    expect(read(999_999, 'x')).toBe('x');
    expect([read(16, 't'), read(16, 'f')]).toEqual([true, false]);
  });
});
