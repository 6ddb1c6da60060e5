import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { categoryOf } from './category-of.js';
import { streamKey, streamOfKey, titleOfKey } from './stream-key.js';

const name = fc.oneof(
  fc.string({ minLength: 1, unit: fc.constantFrom('a', 'b', '-', ' ', 'ü') }),
  fc.string({ minLength: 1, unit: 'grapheme' }).map((text) => text.replaceAll(/\p{Cc}/gu, '-')),
);

describe('The key of a stream', () => {
  it('gives name and tenant back, and keeps the category', () => {
    fc.assert(
      fc.property(name, fc.option(name, { nil: undefined }), (stream, tenant) => {
        const key = streamKey(stream, tenant);
        expect(streamOfKey(key)).toEqual({ stream, tenant });
        expect(categoryOf(key)).toBe(categoryOf(stream));
      }),
    );
  });

  it('is another for each name and tenant', () => {
    fc.assert(
      fc.property(
        name,
        name,
        fc.option(name, { nil: undefined }),
        fc.option(name, { nil: undefined }),
        (a, b, s, t) => {
          expect(streamKey(a, s) === streamKey(b, t)).toBe(a === b && s === t);
        },
      ),
    );
  });

  it('is the name where there is no tenant, and can be said in a sentence', () => {
    expect(streamKey('order-1', undefined)).toBe('order-1');
    expect([titleOfKey('order-1'), titleOfKey(streamKey('orders', 'acme'))]).toEqual([
      'order-1',
      'orders of tenant acme',
    ]);
  });
});
