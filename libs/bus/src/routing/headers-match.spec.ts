import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HeaderTable } from './headers-match.js';
import { headersMatch } from './headers-match.js';

const pdf = { format: 'pdf', type: 'report' };

describe('A headers binding', () => {
  it.each<[string, HeaderTable, HeaderTable, boolean]>([
    ['all by default', pdf, { ...pdf, more: 1 }, true],
    ['all, one missing', pdf, { format: 'pdf' }, false],
    ['all, one different', pdf, { ...pdf, type: 'log' }, false],
    ['any, one of two', { 'x-match': 'any', ...pdf }, { format: 'pdf', type: 'log' }, true],
    ['any, none', { 'x-match': 'any', ...pdf }, { format: 'zip' }, false],
    ['all without arguments', { 'x-match': 'all' }, {}, true],
    ['nothing at all', {}, { a: 1 }, true],
    ['any without arguments', { 'x-match': 'any' }, { a: 1 }, false],
    ['x- does not count', { 'x-match': 'all', 'x-a': 1 }, {}, true],
    ['x- does not count for any', { 'x-match': 'any', 'x-a': 1 }, { 'x-a': 1 }, false],
    ['x- counts in all-with-x', { 'x-match': 'all-with-x', 'x-a': 1 }, {}, false],
    ['x- counts in any-with-x', { 'x-match': 'any-with-x', 'x-a': 1 }, { 'x-a': 1 }, true],
    ['void asks for presence', { a: null }, { a: 'whatever' }, true],
    ['void, absent', { a: null }, {}, false],
    ['a text is no number', { a: 1 }, { a: '1' }, false],
    ['true is no 1', { a: true }, { a: 1 }, false],
    ['tables and lists by content', { a: { b: [1, 'x'] } }, { a: { b: [1, 'x'] } }, true],
    ['bytes by content', { a: Buffer.from('x') }, { a: new Uint8Array([120]) }, true],
    ['dates by time', { a: new Date(5) }, { a: new Date(5) }, true],
    ['no header from a prototype', { toString: null }, {}, false],
  ])('%s', (_, bindingArguments, headers, expected) => {
    expect(headersMatch(bindingArguments, headers)).toBe(expected);
  });

  it.each([['most'], [1], [null], ['ALL']])('refuses x-match %j', (mode) => {
    expect(() => headersMatch({ 'x-match': mode }, {})).toThrow(
      expect.objectContaining({ code: 'BUS_INVALID_BINDING' }),
    );
  });

  it('matches as the reference of SEMANTICS §11 does, for every mode, arguments and headers', () => {
    const name = fc.constantFrom('a', 'b', 'x-a', 'x-b');
    const value = fc.constantFrom<HeaderTable[string]>(null, 1, '1', true, 'x', 2);
    const table = fc.dictionary(name, value, { maxKeys: 4, noNullPrototype: true });
    const mode = fc.constantFrom('all', 'any', 'all-with-x', 'any-with-x');
    fc.assert(
      fc.property(mode, table, table, (xMatch, wanted, headers) => {
        const counted = Object.keys(wanted).filter((key) => xMatch.endsWith('-with-x') || !key.startsWith('x-'));
        const hit = (key: string): boolean => key in headers && (wanted[key] === null || wanted[key] === headers[key]);
        const expected = xMatch.startsWith('all') ? counted.every(hit) : counted.some(hit);
        expect(headersMatch({ 'x-match': xMatch, ...wanted }, headers)).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });
});
