import { newId } from '@annals/message';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeToken, encodeToken } from './checkpoint-token.js';

const LOG = '017f22e2-79b0-7cc3-98c4-dc0c0c07398f';
const MAX = Number.MAX_SAFE_INTEGER;
const invalid = expect.objectContaining({ code: 'LOG_INVALID_CHECKPOINT' }) as unknown;

describe('checkpoint tokens', () => {
  it('give back incarnation and checkpoint', () => {
    const incarnation = fc.oneof(
      fc.uuid(),
      fc.string({ minLength: 1, maxLength: 50, unit: 'grapheme' }),
      fc.constant(LOG.toUpperCase()),
    );
    const checkpoint = fc.array(fc.oneof(fc.nat(), fc.maxSafeNat(), fc.constantFrom(0, 127, 128, 2 ** 32, MAX)), {
      minLength: 1,
    });
    fc.assert(
      fc.property(incarnation, checkpoint, (log, offsets) => {
        const token = encodeToken(log, offsets);
        expect(decodeToken(token)).toEqual({ incarnation: log, checkpoint: offsets });
        expect(token).toBe(encodeURIComponent(token));
      }),
    );
  });

  it('are short: under 100 characters for sixteen partitions of two million records', () => {
    expect(encodeToken(LOG, new Array<number>(16).fill(2_000_000)).length).toBeLessThan(100);
  });

  it('stay what they are from release to release', () => {
    const token = 'c1.AAF_IuJ5sHzDmMTcDAwHOY8DAH-AAaff6DU';
    expect(encodeToken(LOG, [0, 127, 128])).toBe(token);
    expect(decodeToken(token)).toEqual({ incarnation: LOG, checkpoint: [0, 127, 128] });
  });

  it('take the largest log there may be', () => {
    const checkpoint = new Array<number>(4_096).fill(MAX);
    expect(decodeToken(encodeToken('x'.repeat(200), checkpoint)).checkpoint).toEqual(checkpoint);
  });

  it('are refused when anything in them has changed', () => {
    const token = encodeToken(LOG, [3, 0, 1_000_000]);
    for (let at = 0; at < token.length; at += 1) {
      for (const other of ['A', 'z', '_', '0', '=', '+', ' ', 'é']) {
        if (token[at] === other) continue;
        expect(() => decodeToken(token.slice(0, at) + other + token.slice(at + 1))).toThrow(invalid);
      }
      expect(() => decodeToken(token.slice(0, at))).toThrow(invalid);
      expect(() => decodeToken(`${token.slice(0, at)}A${token.slice(at)}`)).toThrow(invalid);
    }
    for (const more of ['=', '==', '\n', ' ', 'A', '.']) expect(() => decodeToken(token + more)).toThrow(invalid);
  });

  it('are refused when they are nothing of the kind', () => {
    const others = [
      '',
      'c1.',
      'c1.AAAA',
      '0',
      '[0,0]',
      `c2.${encodeToken(LOG, [0]).slice(3)}`,
      `c1.${'A'.repeat(1e6)}`,
      LOG,
    ];
    for (const token of others) expect(() => decodeToken(token)).toThrow(invalid);
    const foreign = [undefined, null, 7, {}] as unknown as string[];
    for (const token of foreign) expect(() => decodeToken(token)).toThrow(invalid);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expect(() => decodeToken(`c1.${Buffer.from(bytes).toString('base64url')}`)).toThrow(invalid);
      }),
    );
  });

  it('are not made of what is no checkpoint', () => {
    for (const offset of [-1, 1.5, NaN, 2 ** 53, Infinity])
      expect(() => encodeToken(LOG, [0, offset])).toThrow(invalid);
    expect(() => encodeToken(LOG, [])).toThrow(invalid);
    expect(() => encodeToken(LOG, new Array<number>(4_097).fill(0))).toThrow(invalid);
    expect(() => encodeToken('', [0])).toThrow(invalid);
    expect(() => encodeToken('x'.repeat(201), [0])).toThrow(invalid);
    expect(() => encodeToken(newId(), [0])).not.toThrow();
  });
});
