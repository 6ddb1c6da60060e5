import { DEFAULT_LIMIT_BYTES } from '@annals/message';
import type { EventTypes } from './typing/event-types.js';
import { declaredEventTypes } from './typing/event-types.js';

/** How a LogEventStore behaves. */
export interface LogEventStoreOptions {
  /** Bytes of the data of one event as JSON in UTF-8 at the most, and of its metadata. @default 1 MiB */
  readonly maxEventBytes?: number;
  /** The classes of events. @default what `@DomainEvent` declares in this process */
  readonly types?: EventTypes;
  /**
   * Told of a snapshot that cannot be taken, written or used. Nothing else comes of it: the stream is replayed.
   * @default a warning of the process, once for each code and stream's category
   */
  readonly onSnapshotFault?: (error: unknown, stream: string) => void;
}

/** @throws RangeError when `maxEventBytes` is not a whole number from 1 on */
export function resolveLogEventStoreOptions(options: LogEventStoreOptions): Required<LogEventStoreOptions> {
  const { maxEventBytes = DEFAULT_LIMIT_BYTES, types = declaredEventTypes, onSnapshotFault = warnOnce() } = options;
  if (!Number.isSafeInteger(maxEventBytes) || maxEventBytes < 1) {
    throw new RangeError(`LogEventStoreOptions: maxEventBytes must be a whole number from 1 on, not ${maxEventBytes}`);
  }
  return { maxEventBytes, types, onSnapshotFault };
}

/** A model whose state cannot be a snapshot would otherwise say so with every append. */
function warnOnce(): (error: unknown, stream: string) => void {
  const told = new Set<string>();
  return (error, stream) => {
    const message = error instanceof Error ? error.message : String(error);
    const of = `${stream.split('-', 1)[0] ?? ''}: ${message}`;
    if (told.has(of)) return;
    told.add(of);
    process.emitWarning(`Snapshot of stream ${stream}: ${message}`, { type: 'AnnalsSnapshotWarning' });
  };
}
