import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PartitionBuffers } from './partition-buffers.js';
import type { PartitionsToRead } from './partition-buffers.js';
import type { MergedRow } from './postgres-record.js';

const PARTITIONS = 4;

/** A log as lists of positions by partition; a position that no filter lets through is negative. */
class Partitions {
  readonly rows: number[][] = Array.from({ length: PARTITIONS }, () => []);
  private position = 0;

  append(partition: number, isWanted: boolean): void {
    this.position += 1;
    this.rows[partition]?.push(isWanted ? this.position : -this.position);
  }

  /** As the statement without a filter (`lookedAt` undefined), or with one that looks at so many offsets. */
  read({ partitions, offsets, most }: PartitionsToRead, lookedAt?: number): MergedRow[] {
    return partitions.flatMap((partition, index) => {
      const all = this.rows[partition] ?? [];
      const from = offsets[index] ?? 0;
      const to = Math.max(from, Math.min(all.length, from + (lookedAt ?? Infinity)));
      const end = lookedAt === undefined ? [] : [to, all.length > to];
      const found = [...all.keys()].slice(from, to).filter((offset) => (all[offset] ?? 0) > 0);
      const rows = found.slice(0, most).map((offset) => row(partition, offset, all[offset] ?? 0, end));
      return rows.length === 0 && lookedAt !== undefined ? [row(partition, null, null, end)] : rows;
    });
  }
}

function row(partition: number, offset: number | null, position: number | null, end: readonly unknown[]): MergedRow {
  const nothing = Array<null>(11).fill(null);
  return [
    ...nothing.slice(0, 6),
    offset,
    position,
    ...nothing.slice(8),
    partition,
    's',
    ...end,
  ] as unknown as MergedRow;
}

describe('Partitions merged from buffers', () => {
  const step = fc.oneof(
    fc.record({ partition: fc.nat(PARTITIONS - 1), run: fc.integer({ min: 1, max: 9 }), isWanted: fc.boolean() }),
    fc.constant('read' as const),
  );

  it.each([undefined, 3])(
    'give each row once, by position up to what was cut, looking at %s offsets a time',
    (lookedAt) => {
      fc.assert(
        fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 12 }), (steps, limit) => {
          const log = new Partitions();
          const given: number[] = [];
          let buffers = new PartitionBuffers(Array<number>(PARTITIONS).fill(0));
          const read = (): void => {
            const wanted = buffers.toRead(limit);
            if (wanted.partitions.length > 0) buffers.add(wanted, log.read(wanted, lookedAt));
            const batch = buffers.take(limit);
            expect(batch.length).toBeLessThanOrEqual(limit);
            given.push(...batch.map((each) => each[7]));
          };
          for (const [index, each] of steps.entries()) {
            if (each !== 'read') {
              const isWanted = lookedAt === undefined || each.isWanted;
              for (let left = each.run; left > 0; left -= 1) log.append(each.partition, isWanted);
            } else {
              read();
              // Now and then a reader begins anew where it was.
              if (index % 7 === 0) buffers = new PartitionBuffers(buffers.checkpoint());
            }
          }
          for (let reads = 0; reads < 2_000; reads += 1) {
            read();
            if (buffers.isEmpty) break;
          }
          const wanted = log.rows.flat().filter((position) => position > 0);
          expect(given.toSorted((one, other) => one - other)).toEqual(wanted.toSorted((one, other) => one - other));
          // All appends come one after the other here, so whatever was there at a read is given before what came later.
          expect(given).toEqual(given.toSorted((one, other) => one - other));
          expect(buffers.checkpoint()).toEqual(log.rows.map(({ length }) => length));
        }),
        { numRuns: 500 },
      );
    },
  );
});
