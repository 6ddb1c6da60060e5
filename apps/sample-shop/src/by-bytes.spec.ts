import { describe, expect, it } from 'vitest';
import { partsByBytes } from './by-bytes.js';

const KIB = 1024;
const line = (kib: number) => ({ text: 'x'.repeat(kib * KIB) });

describe('Lines over several events', () => {
  it('stay together while they are small', () => {
    expect(partsByBytes([1, 2, 3])).toEqual([[1, 2, 3]]);
  });

  it('are one empty part when there are none', () => {
    expect(partsByBytes([])).toEqual([[]]);
  });

  it('go on in the next part where the limit is reached, in order', () => {
    const lines = [line(100), line(100), line(100), line(200), line(10)];
    expect(partsByBytes(lines).map((part) => part.map(({ text }) => text.length / KIB))).toEqual([
      [100, 100],
      [100],
      [200, 10],
    ]);
  });

  it('leave the first part empty when its event is full without them', () => {
    expect(partsByBytes([1, 2], 256 * KIB)).toEqual([[], [1, 2]]);
  });

  it('have a part of their own when they are longer than the limit', () => {
    expect(partsByBytes([line(300), 1]).map((part) => part.length)).toEqual([1, 1]);
  });
});
