import type { Codec } from '@annals/message';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StateText } from './state-text.js';

class Money {
  constructor(readonly cents: number) {}
}
const money: Codec<Money> = {
  name: 'money',
  is: (value): value is Money => value instanceof Money,
  encode: ({ cents }) => cents,
  decode: (encoded) => new Money(encoded as number),
};

const key = fc.oneof(fc.constantFrom('$', 'a', 'toString', '$date'), fc.string({ unit: 'grapheme-ascii' }));
const { state } = fc.letrec<{ state: unknown }>((tie) => ({
  state: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\u0000')),
    fc.double(),
    fc.constantFrom(undefined, null, true, -0, NaN, Infinity, -Infinity),
    fc.bigInt(),
    fc.date({ noInvalidDate: true }),
    fc.integer().map((cents) => new Money(cents)),
    fc.array(tie('state'), { maxLength: 4 }),
    fc.dictionary(
      key.filter((name) => name !== '__proto__'),
      tie('state'),
      { maxKeys: 4, noNullPrototype: true },
    ),
    fc.array(fc.tuple(tie('state'), tie('state')), { maxLength: 4 }).map((entries) => new Map(entries)),
    fc.array(tie('state'), { maxLength: 4 }).map((items) => new Set(items)),
  ),
}));

describe('The text of a state', () => {
  it('gives every state back strictly equal', () => {
    const text = new StateText([money]);
    fc.assert(
      fc.property(state, (given) => {
        expect(text.decode(text.encode(given))).toStrictEqual(given);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['an instance of a class', { total: new Money(1) }, 'total is a Money'],
    ['a function', { lines: [{ price: () => 1 }] }, 'lines[0].price is a function'],
    ['an invalid date', { at: new Date(NaN) }, 'at is a Date'],
    ['a key of a map that is an instance', new Map([[new Money(1), 1]]), 'is a Money'],
    ['U+0000', { name: 'a\u0000' }, 'U+0000'],
  ])('refuses %s, and says where it is', (_, given, message) => {
    expect(() => new StateText().encode(given)).toThrow(
      expect.objectContaining({
        code: 'STORE_SNAPSHOT_NOT_ENCODABLE',
        message: expect.stringContaining(message) as string,
      }),
    );
  });

  it('refuses a cycle', () => {
    const cycle: Record<string, unknown> = {};
    cycle['again'] = cycle;
    expect(() => new StateText().encode(cycle)).toThrow(
      expect.objectContaining({ code: 'STORE_SNAPSHOT_NOT_ENCODABLE' }),
    );
  });

  it('refuses a kind that has no codec any more, and two codecs of one name', () => {
    const text = new StateText([money]).encode({ total: new Money(1) });
    expect(() => new StateText().decode(text)).toThrow(TypeError);
    expect(() => new StateText([money, money])).toThrow(RangeError);
    expect(() => new StateText([{ ...money, name: 'map' }])).toThrow(RangeError);
  });
});
