import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { derivedId } from './derived-id.js';
import { idSource, newId } from './new-id.js';
import { checkId, isUuidV7 } from './uuid-v7.js';

const timeOf = (id: string): number => parseInt(id.replaceAll('-', '').slice(0, 12), 16);
const zeros = () => new Uint8Array(16);
const ones = () => new Uint8Array(16).fill(0xff);

describe('newId', () => {
  it('gives UUIDs v7 that only grow', () => {
    const ids = Array.from({ length: 20_000 }, newId);
    expect(ids.every(isUuidV7)).toBe(true);
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('idSource', () => {
  it('writes the time into the first 48 bits', () => {
    // RFC 9562, appendix A.6: 0x017F22E279B0 is 2022-02-22T19:22:22Z.
    expect(idSource({ now: () => 0x017f22e279b0, random: zeros })()).toBe('017f22e2-79b0-7000-8000-000000000000');
  });

  it('grows within a millisecond, and when the clock goes back', () => {
    const times = [1_000, 1_000, 999, 0, 1_001, 1_000];
    const next = idSource({ now: () => times.shift() ?? 0, random: ones });
    const ids = Array.from({ length: 6 }, next);
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(6);
    expect(ids.map(timeOf)).toEqual([1_000, 1_000, 1_000, 1_000, 1_001, 1_001]);
  });

  it('grows whatever clock and chance do', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(5), fc.uint8Array({ minLength: 16, maxLength: 16 })), { minLength: 2 }),
        (steps) => {
          let step = 0;
          const next = idSource({ now: () => steps[step]?.[0] ?? 0, random: () => steps[step]?.[1] ?? zeros() });
          const ids = steps.map((_, at) => ((step = at), next()));
          expect(ids.every((id, at) => isUuidV7(id) && (at === 0 || id > (ids[at - 1] ?? '')))).toBe(true);
        },
      ),
    );
  });
});

describe('checkId', () => {
  it('gives the id in lower case', () => {
    expect(checkId('017F22E2-79B0-7CC3-98C4-DC0C0C07398F')).toBe('017f22e2-79b0-7cc3-98c4-dc0c0c07398f');
  });

  it.each([
    ['another version', '919108f7-52d1-4320-9bac-f847db4148a8'],
    ['another variant', '017f22e2-79b0-7cc3-08c4-dc0c0c07398f'],
    ['the nil UUID', '00000000-0000-0000-0000-000000000000'],
    ['a line break after it', '017f22e2-79b0-7cc3-98c4-dc0c0c07398f\n'],
    ['a text', 'order-1'],
    ['no text', 7],
    ['nothing', undefined],
  ])('refuses %s', (_, id) => {
    expect(isUuidV7(id)).toBe(false);
    expect(() => checkId(id, 'event id')).toThrow(
      expect.objectContaining({ code: 'MESSAGE_INVALID_ID', what: 'event id', id }),
    );
  });
});

describe('derivedId', () => {
  const command = '017f22e2-79b0-7cc3-98c4-dc0c0c07398f';

  it('is the same UUID v7 for the same command and name, with the time of the command', () => {
    const id = derivedId(command, 'order-1/0');
    expect(derivedId(command.toUpperCase(), 'order-1/0')).toBe(id);
    expect(isUuidV7(id)).toBe(true);
    expect(timeOf(id)).toBe(timeOf(command));
  });

  it('takes the other bits from SHA-256 of command id and name', () => {
    const digest = createHash('sha256').update(`${command}order-1/0`).digest('hex');
    const id = derivedId(command, 'order-1/0');
    expect(id.slice(15, 18)).toBe(digest.slice(0, 3));
    expect(id.slice(20, 23)).toBe(digest.slice(4, 7));
    expect(id.slice(24)).toBe(digest.slice(7, 19));
  });

  it('is another for another name or command', () => {
    const names = Array.from({ length: 2_000 }, (_, index) => `order-1/${index}`);
    const ids = [...names.map((name) => derivedId(command, name)), ...names.map((name) => derivedId(newId(), name))];
    expect(new Set(ids).size).toBe(4_000);
    expect(ids.every(isUuidV7)).toBe(true);
  });

  it('refuses a command without a UUID v7', () => {
    expect(() => derivedId('order-1', 'x')).toThrow(
      expect.objectContaining({ code: 'MESSAGE_INVALID_ID', what: 'command id' }),
    );
  });
});
