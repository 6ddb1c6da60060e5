import { partitionFor } from '@annals/log';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { roundRobinPartitioner, stickyPartitioner } from './partitioner.js';

describe('The sticky partitioner', () => {
  it('stays on a partition for about a batch, then goes to another one', () => {
    const random = [0.5, 0.99, 0, 0.4];
    let drawn = 0;
    const partitioner = stickyPartitioner(100, () => random[drawn++ % random.length] ?? 0);
    const chosen = Array.from({ length: 40 }, () => partitioner.choose(null, 4, 20));
    for (let batch = 0; batch < 8; batch += 1) {
      const own = chosen.slice(batch * 5, batch * 5 + 5);
      expect(new Set(own).size).toBe(1);
      if (batch > 0) expect(own[0]).not.toBe(chosen[batch * 5 - 1]);
    }
  });

  it('never leaves the partitions there are, and puts keys by murmur2', () => {
    const given = fc.array(fc.tuple(fc.option(fc.string()), fc.integer({ min: 1, max: 9 }), fc.nat({ max: 500 })));
    const fraction = fc.double({ min: 0, max: 0.999_999, noNaN: true });
    fc.assert(
      fc.property(given, fraction, (calls, random) => {
        const partitioner = stickyPartitioner(200, () => random);
        for (const [key, partitions, bytes] of calls) {
          const chosen = partitioner.choose(key, partitions, bytes);
          expect(Number.isInteger(chosen) && chosen >= 0 && chosen < partitions).toBe(true);
          if (key !== null) expect(chosen).toBe(partitionFor(key, partitions));
        }
      }),
    );
  });
});

describe('The round-robin partitioner', () => {
  it('goes round, whatever the keys are', () => {
    const partitioner = roundRobinPartitioner();
    expect(['a', 'a', null, 'b'].map((key) => partitioner.choose(key, 3, 1))).toEqual([0, 1, 2, 0]);
  });
});
