import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Log } from '../log.js';
import type { WakesReaders } from '../wakes-readers.js';
import { testAppending } from './appending-contract.js';
import { testClosing } from './closing-contract.js';
import { testConcurrency } from './concurrency-contract.js';
import type { LogUnderTest, OpenLog } from './log-under-test.js';
import { appendTo, aStream, records, streamOf } from './log-under-test.js';
import { testRandomHistories } from './random-histories-contract.js';
import { testReadingAll, testReadingStreams } from './reading-contract.js';
import { testRepetition } from './repetition-contract.js';

/** What an engine's log can do, and how thoroughly it is tried. */
export interface LogFeatures {
  /** The records outlive the process; then `open` gives a `restart` as well. */
  readonly survivesRestart: boolean;
  /** Random histories held against the model. @default 100 */
  readonly histories?: number;
}

/**
 * The promises of `Log` and `WakesReaders`, which every engine keeps. One log is opened for the suite; it must be one
 * that nobody else appends to meanwhile.
 * @param engine named in the report
 * @param open opens a log that is empty and has several partitions
 */
export function testLog(engine: string, open: () => Promise<OpenLog>, has: LogFeatures): void {
  describe(`Log on ${engine}`, () => {
    let opened: OpenLog | undefined;
    const under: LogUnderTest = {
      get log(): Log & WakesReaders {
        if (opened === undefined) throw new Error('the log has not been opened');
        return opened.log;
      },
    };
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(async () => {
      await opened?.stop();
    });

    describe('appending', () => {
      testAppending(under);
    });
    describe('repetition', () => {
      testRepetition(under);
    });
    describe('reading a stream', () => {
      testReadingStreams(under);
    });
    describe('reading all', () => {
      testReadingAll(under);
    });
    describe('while others write', () => {
      testConcurrency(under);
    });
    describe('random histories', () => {
      testRandomHistories(under, has.histories ?? 100);
    });
    describe('closing streams', () => {
      testClosing(under);
    });
    describe('life', () => {
      testLife(open, has);
    });
  });
}

function testLife(open: () => Promise<OpenLog>, has: LogFeatures): void {
  it('starts empty, and has one name that no other log has', async () => {
    const [one, other] = [await open(), await open()];
    try {
      expect(await one.log.head()).toEqual(new Array<number>(one.log.partitions).fill(0));
      expect(await one.log.incarnation()).toBe(await one.log.incarnation());
      expect(await one.log.incarnation()).not.toBe(await other.log.incarnation());
      await appendTo(one.log, aStream(), records(1));
      expect(await other.log.head()).toEqual(new Array<number>(other.log.partitions).fill(0));
    } finally {
      await Promise.all([one.stop(), other.stop()]);
    }
  });

  it('waits on stop for appends in flight, takes no more, and may be stopped twice', async () => {
    const opened = await open();
    try {
      const inFlight = Array.from({ length: 30 }, () =>
        opened.log.append([{ stream: aStream(), expected: 0, records: records(1) }]),
      );
      await Promise.all([opened.log.stop(), opened.log.stop()]);
      const outcomes = await Promise.all(inFlight.map((append) => Promise.race([append, Promise.resolve(undefined)])));
      expect(outcomes.map((outcome) => outcome?.outcome)).toEqual(inFlight.map(() => 'appended'));
      const late = opened.log.append([{ stream: aStream(), expected: 'any', records: records(1) }]);
      await expect(late).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
    } finally {
      await opened.stop();
    }
  });

  it.runIf(has.survivesRestart)('keeps records and name over a restart, and goes on where it was', async () => {
    const opened = await open();
    try {
      const stream = aStream();
      const append = { stream, expected: 'no-stream', records: records(3) } as const;
      const [first, name, head] = [
        await opened.log.append([append]),
        await opened.log.incarnation(),
        await opened.log.head(),
      ];
      const stored = await streamOf(opened.log, stream);
      const again = await opened.restart?.();
      if (again === undefined) throw new Error('a log that survives a restart needs `restart` in its OpenLog');
      expect(await streamOf(again, stream)).toEqual(stored);
      expect([await again.incarnation(), await again.head()]).toEqual([name, head]);
      expect(await again.append([append])).toEqual(first);
      const { nextOffset, revision, position } = await appendTo(again, stream, records(1));
      expect([revision, nextOffset]).toEqual([4, Math.max(...head) + 1]);
      expect(position).toBeGreaterThan(stored.at(-1)?.position ?? 0);
    } finally {
      await opened.stop();
    }
  });
}
