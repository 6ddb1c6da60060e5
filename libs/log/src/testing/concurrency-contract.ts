import { expect, it } from 'vitest';
import type { Checkpoint } from '../checkpoint.js';
import { covers } from '../checkpoint.js';
import type { LoggedRecord } from '../log-record.js';
import type { LogUnderTest } from './log-under-test.js';
import { appendTo, aRecord, aStream, expectGapless, records } from './log-under-test.js';

const CHAINS = 12;
const LINKS = 25;

/** What every log promises readers while others write. */
export function testConcurrency(under: LogUnderTest): void {
  /** Each record of a chain is appended, to another stream, after the one before it is known to be stored. */
  async function writeChain(): Promise<void> {
    let cause: string | null = null;
    for (let link = 0; link < LINKS; link += 1) {
      const record = aRecord({ type: 'Link', data: JSON.stringify({ cause }) });
      await appendTo(under.log, aStream(), [record]);
      cause = record.id;
    }
  }

  async function readAlong(from: Checkpoint, limit: number, isDone: () => boolean): Promise<LoggedRecord[]> {
    const read: LoggedRecord[] = [];
    let checkpoint = from;
    for (;;) {
      const done = isDone();
      const batch = await under.log.readForwards(checkpoint, { limit });
      read.push(...batch.records);
      checkpoint = batch.checkpoint;
      if (done && batch.caughtUp) return read;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  it('shows no effect before its cause, no offset after a later one, and each record once', async () => {
    const from = await under.log.head();
    let done = false;
    const reading = [3, 20, 500].map((limit) => readAlong(from, limit, () => done));
    await Promise.all(Array.from({ length: CHAINS }, writeChain));
    done = true;
    for (const read of await Promise.all(reading)) {
      expect(read).toHaveLength(CHAINS * LINKS);
      expectGapless(read, from);
      const seen = new Set<string>();
      for (const { id, data } of read) {
        const { cause } = JSON.parse(data) as { cause: string | null };
        if (cause !== null) expect(seen.has(cause)).toBe(true);
        seen.add(id);
      }
    }
  });

  it('shows what has been appended to whoever reads after that', async () => {
    for (let index = 0; index < 20; index += 1) {
      const { stream, partition, nextOffset } = await appendTo(under.log, aStream(), records(1));
      expect(
        covers(
          await under.log.head(),
          (await under.log.head()).map((_, at) => (at === partition ? nextOffset : 0)),
        ),
      ).toBe(true);
      expect(await under.log.readStream(stream, {}, 10, 'forwards')).toHaveLength(1);
    }
  });

  it('wakes readers when the log has grown, until they stop it', async () => {
    let wakes = 0;
    const stopCounting = under.log.onAppend(() => (wakes += 1));
    await new Promise<void>((resolve) => {
      const stop = under.log.onAppend(() => {
        stop();
        resolve();
      });
      void appendTo(under.log, aStream(), records(1));
    });
    await expect.poll(() => wakes).toBeGreaterThan(0);
    stopCounting();
    stopCounting();
    const before = wakes;
    await new Promise<void>((resolve) => {
      const stop = under.log.onAppend(() => {
        stop();
        resolve();
      });
      void appendTo(under.log, aStream(), records(1));
    });
    expect(wakes).toBe(before);
  });

  it('stamps the records of a partition with times that never go back', async () => {
    const from = await under.log.head();
    await Promise.all(Array.from({ length: 50 }, () => appendTo(under.log, aStream(), records(2))));
    const { records: read } = await under.log.readForwards(from, { limit: 10_000 });
    const last = new Map<number, number>();
    for (const { partition, recordedAt } of read) {
      expect(recordedAt.getTime()).toBeGreaterThanOrEqual(last.get(partition) ?? 0);
      last.set(partition, recordedAt.getTime());
    }
    expect(last.size).toBeGreaterThan(1);
  });
}
