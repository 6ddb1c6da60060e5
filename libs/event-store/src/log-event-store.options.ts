import { DEFAULT_LIMIT_BYTES, messageOf } from '@annals/message';
import type { EventTypes } from './typing/event-types.js';
import { declaredEventTypes } from './typing/event-types.js';

/** How a LogEventStore behaves. */
export interface LogEventStoreOptions {
  /** Bytes of the data of one event as JSON in UTF-8 at the most, and of its metadata. @default 1 MiB */
  readonly maxEventBytes?: number;
  /** The classes of events. @default what `@DomainEvent` declares in this process */
  readonly types?: EventTypes;
  /**
   * What becomes of events whose type neither a class nor `declareEventType` names: `'plain'` takes and gives `{ type, data }`
   * as it is, `'refuse'` neither writes nor reads them (`STORE_UNKNOWN_EVENT_TYPE`). Aggregates that are classes refuse
   * them in either case. @default 'plain'
   */
  readonly unknownTypes?: 'plain' | 'refuse';
  /**
   * Told of a snapshot that cannot be taken, written or used. Nothing else comes of it: the stream is replayed.
   * @default a warning of the process, once for each code and stream's category
   */
  readonly onSnapshotFault?: (error: unknown, stream: string) => void;
}

/** @throws RangeError naming every option at fault */
export function resolveLogEventStoreOptions(options: LogEventStoreOptions): Required<LogEventStoreOptions> {
  const { maxEventBytes = DEFAULT_LIMIT_BYTES, types = declaredEventTypes, unknownTypes = 'plain' } = options;
  const faults: string[] = [];
  if (!Number.isSafeInteger(maxEventBytes) || maxEventBytes < 1) {
    faults.push(`maxEventBytes must be a whole number from 1 on, not ${maxEventBytes}`);
  }
  if (!['plain', 'refuse'].includes(unknownTypes)) faults.push("unknownTypes must be 'plain' or 'refuse'");
  if (faults.length > 0) throw new RangeError(`LogEventStoreOptions: ${faults.join('; ')}`);
  return { maxEventBytes, types, unknownTypes, onSnapshotFault: harmless(options.onSnapshotFault ?? warnOnce()) };
}

/** A listener that throws must not make an append that is committed look as if it had failed. */
const harmless =
  (listener: (error: unknown, stream: string) => void) =>
  (error: unknown, stream: string): void => {
    try {
      listener(error, stream);
    } catch {
      // It was told; what it makes of it is its own business.
    }
  };

/** A model whose state cannot be a snapshot would otherwise say so with every append. */
function warnOnce(): (error: unknown, stream: string) => void {
  const told = new Set<string>();
  return (error, stream) => {
    const message = messageOf(error);
    const of = `${stream.split('-', 1)[0] ?? ''}: ${message}`;
    if (told.has(of)) return;
    told.add(of);
    process.emitWarning(`Snapshot of stream ${stream}: ${message}`, { type: 'AnnalsSnapshotWarning' });
  };
}
