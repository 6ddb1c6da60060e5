import type { Checkpoint, Log, LogRecord, StreamAppend } from '@annals/log';
import { decodeJson, encodeJson, newId } from '@annals/message';
import { COMPANION } from '../stream/stream-name.js';

/** How far a copy is. */
export interface CopyCounts {
  /** Events of the source that were looked at. */
  readonly read: number;
  /** Events in the target. */
  readonly written: number;
  /** Events that the transformation left out. */
  readonly dropped: number;
  /** Streams that are archived or tombstoned, of which nothing but that was found. */
  readonly closedStreams: number;
}

/** The state that a copy goes on from. */
export interface CopyState extends CopyCounts {
  /** Of the source. */
  readonly checkpoint: Checkpoint;
}

const TYPE = '$copied';

/**
 * Where a copy stands, in a stream of the target that is written together with what was copied: after a crash the two
 * agree, and two copies at once get in each other's way instead of doubling events.
 */
export class CopyProgress {
  private readonly stream: string;
  private revision = 0;

  /** @param incarnation of the source */
  constructor(
    private readonly target: Log,
    incarnation: string,
  ) {
    this.stream = `${COMPANION}copy-${incarnation}`;
  }

  /** What an earlier run has left; undefined: there was none. */
  async last(): Promise<CopyState | undefined> {
    const [record] = await this.target.readStream(this.stream, {}, 1, 'backwards');
    this.revision = record?.revision ?? 0;
    return record && (decodeJson(record.data) as CopyState);
  }

  /** What must be appended with a batch. */
  next(state: CopyState): StreamAppend {
    const record: LogRecord = {
      id: newId(),
      type: TYPE,
      version: 1,
      data: encodeJson(state),
      metadata: null,
      correlationId: null,
      tenant: null,
    };
    return { stream: this.stream, expected: this.revision, records: [record] };
  }

  /** The batch is in. */
  moved(): void {
    this.revision += 1;
  }

  isOwn(stream: string): boolean {
    return stream === this.stream;
  }
}
