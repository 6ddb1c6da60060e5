import type { LoggedRecord, Revision, StreamAppend, RecordData } from '@annals/log';
import { count, streamOfKey } from '@annals/log';
import { decodeJson } from '@annals/message';
import { decodeMetadata } from '../metadata/decode-metadata.js';
import type { RecordedEvent, StreamEvent, ReplayedEvent } from '../stream/recorded-event.js';
import type { EventTypes } from '../typing/event-types.js';
import { UnknownEventVersion } from '../typing/unknown-event-version.js';

/** Turns records into events: parses their text and gives data the class declared for its type. */
export class EventDecoder {
  constructor(private readonly types: EventTypes) {}

  /**
   * @throws UnknownEventVersion (`STORE_UNKNOWN_EVENT_VERSION`), NotDecodable (`MESSAGE_NOT_DECODABLE`) when someone else
   *   has written the record
   */
  recorded(records: readonly LoggedRecord[]): RecordedEvent[] {
    // A plain loop that makes objects of one shape: this is what a catch-up over millions of events spends its time in.
    const events = new Array<RecordedEvent>(records.length);
    for (let index = 0; index < records.length; index += 1) events[index] = this.one(records[index] as LoggedRecord);
    return events;
  }

  /** @throws as `recorded` */
  replayed(stream: string, records: readonly RecordData[]): ReplayedEvent[] {
    return records.map(({ revision, type, version, data }) => ({
      revision,
      type,
      version,
      data: this.data(stream, revision, type, version, data),
    }));
  }

  /** The events of enrolled appends to one stream, chained on `base`, the stream's committed revision. */
  pending(appends: readonly StreamAppend[], base: number): StreamEvent[] {
    let revision = base;
    return appends.flatMap(({ stream: key, records }) =>
      records.map((record) => {
        const { stream } = streamOfKey(key);
        const { id, type, version } = record;
        const at = count<Revision>((revision += 1));
        const data = this.data(stream, at, type, version, record.data);
        return { id, stream, revision: at, type, version, data, metadata: decodeMetadata(record) };
      }),
    );
  }

  private one(record: LoggedRecord): RecordedEvent {
    return {
      id: record.id,
      stream: record.tenant === null ? record.stream : streamOfKey(record.stream).stream,
      revision: record.revision,
      type: record.type,
      version: record.version,
      data: this.data(record.stream, record.revision, record.type, record.version, record.data),
      metadata: decodeMetadata(record),
      partition: record.partition,
      offset: record.offset,
      position: record.position,
      recordedAt: record.recordedAt,
    };
  }

  private data(stream: string, revision: number, type: string, version: number, text: string): unknown {
    const plain = decodeJson(text);
    const versions = this.types.versionsOf(type);
    if (versions === undefined || typeof plain !== 'object' || plain === null) return plain;
    const declared = versions.get(version);
    if (declared === undefined)
      throw new UnknownEventVersion(streamOfKey(stream).stream, revision, type, version, [...versions.keys()]);
    return declared.revive(plain);
  }
}
