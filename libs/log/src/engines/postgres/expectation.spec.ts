import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExpectedRevision } from '../../stream-append.js';
import { expectation, storedExpectation } from './expectation.js';

interface Append {
  readonly expected: ExpectedRevision;
  readonly events: number;
}

const accepts = (expected: number, revision: number): boolean =>
  expected === revision || expected === -1 || (expected === -2 && revision > 0);

/** Append by append, as the log decides them. */
function allAccepted(appends: readonly Append[], stored: number): boolean {
  let revision = stored;
  return appends.every(({ expected, events }) => {
    const isAccepted = accepts(expectation(expected), revision);
    revision += events;
    return isAccepted;
  });
}

/** What the batch asks of the stream. */
function asked(appends: readonly Append[]): number {
  let [all, before] = [expectation(appends[0]?.expected ?? 'any'), 0];
  for (const [index, { expected, events }] of appends.entries()) {
    if (index > 0) all = storedExpectation(all, expectation(expected), before);
    before += events;
  }
  return all;
}

describe('What must be stored for all appends to a stream', () => {
  const append = fc.record({
    expected: fc.oneof(fc.nat(4), fc.constantFrom<ExpectedRevision>('any', 'no-stream', 'stream-exists')),
    events: fc.nat(2),
  });

  it('never says yes where one of them is to be refused', () => {
    fc.assert(
      fc.property(fc.array(append, { minLength: 1, maxLength: 4 }), fc.nat(4), (appends, stored) => {
        fc.pre(accepts(asked(appends), stored));
        expect(allAccepted(appends, stored)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each<[string, readonly Append[], number]>([
    [
      'appends that build on one another',
      [
        { expected: 3, events: 2 },
        { expected: 5, events: 1 },
      ],
      3,
    ],
    [
      'a stream that is begun and gone on with',
      [
        { expected: 'no-stream', events: 1 },
        { expected: 1, events: 1 },
      ],
      0,
    ],
    [
      'appends without an expectation',
      [
        { expected: 'any', events: 1 },
        { expected: 'any', events: 1 },
      ],
      2,
    ],
    [
      'an expectation behind none',
      [
        { expected: 'any', events: 1 },
        { expected: 4, events: 1 },
      ],
      3,
    ],
    [
      'a stream that the batch begins',
      [
        { expected: 'no-stream', events: 1 },
        { expected: 'stream-exists', events: 1 },
      ],
      0,
    ],
  ])('says yes to %s', (_, appends, stored) => {
    expect(allAccepted(appends, stored)).toBe(true);
    expect(accepts(asked(appends), stored)).toBe(true);
  });
});
