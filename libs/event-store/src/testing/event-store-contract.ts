import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testAppending } from './appending-contract.js';
import { testTracking } from './tracking-contract.js';
import { testInline } from './inline-contract.js';
import { testIdempotence } from './idempotence-contract.js';
import { testClosing } from './closing-contract.js';
import { testStreamMetadata } from './stream-metadata-contract.js';
import { testCoded } from './coded-contract.js';
import { testPersonalData } from './personal-contract.js';
import { testReadingAll } from './reading-all-contract.js';
import { testReadingStreams } from './reading-streams-contract.js';
import { testRefusals } from './refusals-contract.js';
import { testMetadata } from './metadata-contract.js';
import type { OpenEventStore } from './store-under-test.js';
import { all, aStream, events } from './store-under-test.js';
import { testSnapshots } from './snapshots-contract.js';
import { testTails } from './tails-contract.js';
import { testTenants } from './tenants-contract.js';
import { testTokens } from './tokens-contract.js';
import { testUnits } from './units-contract.js';
import { testUpdateContexts } from './update-contexts-contract.js';
import { testUpdates } from './updates-contract.js';

/** What an engine's store can do. */
export interface EventStoreFeatures {
  /** The events outlive the process; then `open` gives a `reopen` as well. */
  readonly survivesRestart: boolean;
}

/** A store whose events may outlive it. */
export interface OpenForContract extends OpenEventStore {
  /** Opens the same events once more, as another process would; stopped by the `stop` it gives. */
  reopen?(): Promise<OpenEventStore>;
}

const PARTS = {
  appending: testAppending,
  refusals: testRefusals,
  idempotence: testIdempotence,
  metadata: testMetadata,
  'inside a unit of work': testUnits,
  'reading a stream': testReadingStreams,
  'reading all': testReadingAll,
  tails: testTails,
  tokens: testTokens,
  tenants: testTenants,
  snapshots: testSnapshots,
  updates: testUpdates,
  'what goes with updates': testUpdateContexts,
  'coded fields': testCoded,
  'personal data': testPersonalData,
  'stream metadata': testStreamMetadata,
  closing: testClosing,
  'inline handlers': testInline,
  'tracking appends': testTracking,
};

/**
 * The promises of `EventStore`, which every engine keeps. One store is opened for the suite; nobody else may append to
 * it meanwhile.
 * @param engine named in the report
 * @param open opens a store that is empty
 */
export function testEventStore(engine: string, open: () => Promise<OpenForContract>, has: EventStoreFeatures): void {
  describe(`EventStore on ${engine}`, () => {
    let opened: OpenForContract | undefined;
    const under = (): OpenForContract => {
      if (opened === undefined) throw new Error('the store has not been opened');
      return opened;
    };
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(async () => {
      await opened?.stop();
    });

    for (const [name, test] of Object.entries(PARTS)) {
      describe(name, () => {
        test(under);
      });
    }
    describe('several logs', () => {
      testLife(open, under, has);
    });
  });
}

function testLife(open: () => Promise<OpenForContract>, under: () => OpenForContract, has: EventStoreFeatures): void {
  it('refuses the token of another log', async () => {
    const other = await open();
    try {
      const token = await other.store.toToken(await other.store.head());
      await expect(under().store.fromToken(token)).rejects.toMatchObject({ code: 'STORE_CHECKPOINT_AHEAD' });
    } finally {
      await other.stop();
    }
  });
  it.runIf(has.survivesRestart)('gives the same events and takes the same tokens when it is opened again', async () => {
    const { store } = under();
    const stream = aStream();
    await store.append(stream, 'no-stream', events(3));
    const [stored, token] = [await all(store.read(stream)), await store.toToken(await store.head())];
    const again = await under().reopen?.();
    if (again === undefined) throw new Error('a store that survives a restart needs `reopen` in its OpenForContract');
    try {
      expect(await all(again.store.read(stream))).toEqual(stored);
      expect(await again.store.fromToken(token)).toEqual(await store.head());
    } finally {
      await again.stop();
    }
  });
}
