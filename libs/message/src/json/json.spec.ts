import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeJson } from './decode-json.js';
import { encodeJson } from './encode-json.js';

class Money {
  constructor(
    readonly amount: string,
    readonly currency: string,
  ) {}
}

const nested = (levels: number): unknown => {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
};

/** What DESIGN calls the normalisations: the value a reader gets for one that was accepted. */
const normalised = (value: unknown): unknown => {
  if (Object.is(value, -0)) return 0;
  if (Array.isArray(value)) return value.map(normalised);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([, property]) => property !== undefined);
  return Object.fromEntries(kept.map(([key, property]) => [key, normalised(property)]));
};

describe('encodeJson', () => {
  it('writes plain values as JSON.stringify does', () => {
    const value = { a: [1, -2.5e-7, 'ü😀"\\\n', null, true], b: { c: {} }, 'd e': [] };
    expect(encodeJson(value)).toBe(JSON.stringify(value));
  });

  it('accepts control characters and texts that only look like escapes', () => {
    for (const text of ['\u001b[0m', '\\u0000', 'C:\\users', '\\ud800', '\u2028']) {
      expect(decodeJson(encodeJson({ text }))).toEqual({ text });
    }
  });

  it.each<[string, unknown, string, string]>([
    ['U+0000', { lines: [{ note: 'a\u0000b' }] }, 'lines[0].note', 'U+0000'],
    ['U+0000 in a key', { a: { 'x\u0000': 1 } }, 'a["x\\u0000"]', 'U+0000'],
    ['a lone high surrogate', ['ok', '\ud83d'], '[1]', 'surrogate'],
    ['a lone low surrogate', { a: 'x\ude00' }, 'a', 'surrogate'],
    ['halves in the wrong order', { a: '\ude00\ud83d' }, 'a', 'surrogate'],
    ['a lone surrogate in a key', { '\ud83d': 1 }, '["\\ud83d"]', 'surrogate'],
    ['NaN', { lines: [1, 2, 3, { price: NaN }] }, 'lines[3].price', 'NaN'],
    ['Infinity', { a: Infinity }, 'a', 'Infinity'],
    ['-Infinity', [-Infinity], '[0]', '-Infinity'],
    ['bigint', { 'a b': 1n }, '["a b"]', 'bigint'],
    ['__proto__', JSON.parse('{"a":{"__proto__":{"admin":true}}}'), 'a.__proto__', 'prototype'],
    ['constructor with a prototype', { constructor: { prototype: { admin: true } } }, 'constructor', 'prototype'],
    ['undefined itself', undefined, '', 'undefined'],
    ['undefined in an array', [1, undefined], '[1]', 'undefined'],
    ['a hole', Object.assign(new Array<unknown>(3), { 0: 1, 2: 3 }), '[1]', 'undefined'],
    ['a function', { a: () => 1 }, 'a', 'function'],
    ['a symbol', { a: Symbol('s') }, 'a', 'symbol'],
    ['a Date', { at: new Date(0) }, 'at', 'Date'],
    ['an invalid Date', { at: new Date(NaN) }, 'at', 'Date'],
    ['a Map', { m: new Map([[1, 2]]) }, 'm', 'Map'],
    ['a Set', [new Set([1])], '[0]', 'Set'],
    ['an Error', { e: new Error('x') }, 'e', 'Error'],
    ['a Buffer', { b: Buffer.from('x') }, 'b', 'Buffer'],
    ['a typed array', { b: new Uint8Array(1) }, 'b', 'Uint8Array'],
    ['a boxed number', { n: Object(1) as unknown }, 'n', 'Number'],
    ['an object with toJSON', { d: { toJSON: () => 1 } }, 'd.toJSON', 'function'],
    [
      'an instance with toJSON',
      {
        d: new (class Decimal {
          toJSON = () => '1';
        })(),
      },
      'd',
      'Decimal',
    ],
    ['an array with toJSON', { d: Object.assign([1], { toJSON: () => 1 }) }, 'd', 'toJSON'],
  ])('refuses %s with its path', (_, value, path, fault) => {
    expect(() => encodeJson(value, { what: 'data of Placed' })).toThrow(
      expect.objectContaining({
        code: 'MESSAGE_NOT_ENCODABLE',
        path,
        fault: expect.stringContaining(fault),
        message: expect.stringContaining('data of Placed'),
      }),
    );
  });

  it('refuses cycles and levels past 256, and takes 256', () => {
    const cycle: Record<string, unknown> = { wide: [1, 2] };
    cycle['self'] = { a: cycle, b: cycle };
    expect(() => encodeJson(cycle)).toThrow(
      expect.objectContaining({ code: 'MESSAGE_NOT_ENCODABLE', fault: expect.stringContaining('cycle') }),
    );
    expect(() => encodeJson(nested(257))).toThrow(expect.objectContaining({ code: 'MESSAGE_NOT_ENCODABLE' }));
    expect(() => encodeJson(nested(100_000))).toThrow(expect.objectContaining({ code: 'MESSAGE_NOT_ENCODABLE' }));
    expect(decodeJson(encodeJson(nested(256)))).toEqual(nested(256));
  });

  it('counts bytes of UTF-8, not characters', () => {
    expect(encodeJson('€€', { limitBytes: 8 })).toBe('"€€"');
    expect(() => encodeJson('€€', { limitBytes: 7, what: 'note' })).toThrow(
      expect.objectContaining({ code: 'MESSAGE_TOO_LARGE', bytes: 8, limitBytes: 7, what: 'note' }),
    );
    expect(() => encodeJson({ blob: 'x'.repeat(2 * 1024 * 1024) })).toThrow(
      expect.objectContaining({ code: 'MESSAGE_TOO_LARGE' }),
    );
    expect(encodeJson('x'.repeat(1024 * 1024 - 2))).toHaveLength(1024 * 1024);
    expect(() => encodeJson('x'.repeat(1024 * 1024 - 1))).toThrow(
      expect.objectContaining({ code: 'MESSAGE_TOO_LARGE' }),
    );
  });

  it('gives up on shared parts that multiply to more than the limit', () => {
    let value: unknown = ['x'];
    for (let level = 0; level < 200; level += 1) value = [value, value];
    expect(() => encodeJson(value)).toThrow(expect.objectContaining({ code: 'MESSAGE_TOO_LARGE' }));
  });

  it('leaves undefined properties out, makes -0 to 0 and instances to plain objects', () => {
    expect(encodeJson({ a: undefined, b: -0, c: new Money('1', 'EUR') })).toBe(
      '{"b":0,"c":{"amount":"1","currency":"EUR"}}',
    );
    expect(encodeJson(Object.assign(Object.create({ inherited: 1 }) as object, { own: 2 }))).toBe('{"own":2}');
    expect(encodeJson(Object.assign(Object.create(null) as object, { a: 1 }))).toBe('{"a":1}');
  });

  it('takes constructor and prototype as the ordinary words they are', () => {
    const value = { constructor: 'Ferrari', prototype: { wheels: 4 }, car: { constructor: { name: 'x' } } };
    expect(decodeJson(encodeJson(value))).toEqual(value);
  });

  it('names a getter that gives something else each time', () => {
    let reads = 0;
    const value = Object.defineProperty({}, 'a', { enumerable: true, get: () => ((reads += 1) === 2 ? 1n : 1) });
    expect(() => encodeJson(value)).toThrow(expect.objectContaining({ code: 'MESSAGE_NOT_ENCODABLE' }));
  });

  it('accepts only what comes back equal, and what UTF-8 can say without U+0000', () => {
    const anything = fc.anything({
      withNullPrototype: true,
      withSparseArray: true,
      withDate: true,
      withMap: true,
      withBigInt: true,
    });
    let accepted = 0;
    fc.assert(
      fc.property(fc.oneof(anything, fc.jsonValue()), (value) => {
        let text: string;
        try {
          text = encodeJson(value);
        } catch (error) {
          expect(error).toMatchObject({ code: expect.stringMatching(/^MESSAGE_(NOT_ENCODABLE|TOO_LARGE)$/) });
          return;
        }
        accepted += 1;
        expect(Buffer.from(text).toString()).toBe(text);
        expect(decodeJson(text)).toEqual(normalised(value));
        expect(text).toBe(JSON.stringify(value));
      }),
      { numRuns: 1_000 },
    );
    expect(accepted).toBeGreaterThan(300);
  });

  it('refuses strings exactly when they hold U+0000 or half a pair', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc
            .integer({ min: 0, max: 0xffff })
            .map((code) => String.fromCharCode(code % 7 === 0 ? (code % 2 ? 0xd83d : 0xde00) : code)),
        }),
        (text) => {
          const fine = !text.includes('\u0000') && Buffer.from(text).toString() === text;
          if (fine) expect(decodeJson(encodeJson([text]))).toEqual([text]);
          else
            expect(() => encodeJson([text])).toThrow(
              expect.objectContaining({ code: 'MESSAGE_NOT_ENCODABLE', path: '[0]' }),
            );
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('decodeJson', () => {
  it('refuses what is no JSON', () => {
    for (const text of ['', '{', 'undefined', "{'a':1}"]) {
      expect(() => decodeJson(text)).toThrow(expect.objectContaining({ code: 'MESSAGE_NOT_DECODABLE' }));
    }
  });

  it.each([
    '{"__proto__":{"admin":true}}',
    '[{"a":[{"\\u005f_proto__":1}]}]',
    '{"constructor":{"prototype":{"admin":true}}}',
    '{"c\\u006fnstructor":{"prototype":null}}',
    '{"constructor" :{"prototype":1}}',
  ])('refuses keys that could change a prototype: %s', (text) => {
    expect(() => decodeJson(text)).toThrow(expect.objectContaining({ code: 'MESSAGE_NOT_DECODABLE' }));
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  it('accepts those words as values', () => {
    const value = { note: '__proto__', constructor: 'x', list: ['constructor', '\u0007'] };
    expect(decodeJson(JSON.stringify(value))).toEqual(value);
  });

  it('reads a foreign text of any depth without overflowing', () => {
    const text = `${'['.repeat(50_000)}{"__proto__":1}${']'.repeat(50_000)}`;
    expect(() => decodeJson(text)).toThrow(expect.objectContaining({ code: 'MESSAGE_NOT_DECODABLE' }));
  });
});
