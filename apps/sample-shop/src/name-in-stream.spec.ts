import { checkStreamName } from '@annals/event-store';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nameInStream } from './name-in-stream.js';

describe('The name of a code in a stream', () => {
  it.each(['85123A', 'BANK CHARGES', '__proto__', 'm', 'M', '15056bl', 'gift_0001_40', 'Ä-1'])(
    'is %s itself',
    (code) => {
      expect(nameInStream(code)).toBe(code);
    },
  );

  it.each(['', 'a\nb', '\ud800', '\ue000'.repeat(80), '~1', `~${'0'.repeat(64)}`])('is a hash for %j', (code) => {
    expect(nameInStream(code)).toMatch(/^~[0-9a-f]{64}$/);
  });

  it('can stand in a stream, whatever the code', () => {
    const codes = fc.oneof(fc.string({ unit: 'binary', maxLength: 400 }), fc.string({ maxLength: 300 }));
    fc.assert(
      fc.property(codes, (code) => {
        expect(() => checkStreamName(`product-${nameInStream(code)}`)).not.toThrow();
      }),
    );
  });

  it('is another one for another code', () => {
    const hashed = nameInStream('a\nb');
    expect(new Set([hashed, nameInStream(hashed), nameInStream('a\rb'), nameInStream('')]).size).toBe(4);
  });
});
