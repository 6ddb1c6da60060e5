import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { storableText } from './storable-text.js';

describe('storableText', () => {
  it('puts a replacement character where Postgres stores none', () => {
    expect(storableText('a\u0000b')).toBe('a\ufffdb');
    expect(storableText('a\ud800b')).toBe('a\ufffdb');
    expect(storableText('größer 😀')).toBe('größer 😀');
  });

  it('cuts a text to what is kept of it, and leaves no half of a pair', () => {
    expect(storableText('abcd', 2)).toBe('ab');
    expect(storableText('a😀', 2)).toBe('a\ufffd');
    expect(storableText('abcd', 4)).toBe('abcd');
  });

  it('leaves nothing that Postgres refuses in any text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'ß', '\u0000', '\ud83d', '\ude00') }),
        fc.nat(20),
        (text, most) => {
          const stored = storableText(text, most);
          return stored.length <= most && !stored.includes('\u0000') && Buffer.from(stored).toString() === stored;
        },
      ),
    );
  });
});
