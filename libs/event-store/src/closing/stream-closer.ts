import type { Closing, Log } from '@annals/log';
import { ARCHIVED, StreamClosed, streamOfKey, TOMBSTONED } from '@annals/log';
import { encodeJson, newId } from '@annals/message';
import type { SnapshotStore } from '../snapshot/snapshot-store.js';
import type { OfTenant } from '../stream/key-of.js';
import { keyOf } from '../stream/key-of.js';
import { StreamNotArchived } from './stream-not-archived.js';
import { StreamNotFound } from './stream-not-found.js';

/** How a stream is closed. */
export interface CloseOptions extends OfTenant {
  /** Stands in the data of the event that closes the stream. */
  readonly reason?: string;
}

/** Archives, restores and tombstones streams, and removes the snapshots of what is no longer read. */
export class StreamCloser {
  constructor(
    private readonly log: Log,
    private readonly snapshots: SnapshotStore | undefined,
  ) {}

  archive(stream: string, options: CloseOptions): Promise<void> {
    return this.close(stream, ARCHIVED, options);
  }

  tombstone(stream: string, options: CloseOptions): Promise<void> {
    return this.close(stream, TOMBSTONED, options);
  }

  async restore(stream: string, of: OfTenant): Promise<void> {
    if ((await this.log.restoreStream(keyOf(stream, of))) === 'not-archived') throw new StreamNotArchived(stream);
  }

  private async close(stream: string, type: Closing, { reason, ...of }: CloseOptions): Promise<void> {
    const key = keyOf(stream, of);
    const outcome = await this.log.closeStream(key, {
      id: newId(),
      type,
      version: 1,
      data: encodeJson({ reason }),
      metadata: null,
      correlationId: null,
      tenant: streamOfKey(key).tenant ?? null,
    });
    if (outcome === 'no-stream') throw new StreamNotFound(stream);
    if (outcome === 'tombstoned') throw new StreamClosed(key);
    // Also when it was closed before: who did so may not have come to this.
    await this.snapshots?.remove(key);
  }
}
