import type { LoggedRecord, Revision, StreamAppend, RecordData } from '@annals/log';
import { count, streamOfKey } from '@annals/log';
import { decodeJson } from '@annals/message';
import { decodeMetadata } from '../metadata/decode-metadata.js';
import type { FindKey, PersonalData } from '../shredding/personal-data.js';
import { PersonalDataUnreadable } from '../shredding/personal-data-unreadable.js';
import { isSealed, SEAL, unseal } from '../shredding/sealing.js';
import { Shredded } from '../shredding/shredded.js';
import type { RecordedEvent, StreamEvent, ReplayedEvent } from '../stream/recorded-event.js';
import type { EventTypes } from '../typing/event-types.js';
import { isSystemEvent } from '../typing/system-events.js';
import { UnknownEventType } from '../typing/unknown-event-type.js';
import { UnknownEventVersion } from '../typing/unknown-event-version.js';
import { UpcastFailed } from '../typing/upcast-failed.js';
import type { UpcastStep } from '../typing/upcasting.js';

/** Where an event stands, by its stream's key, and what it says as text. */
type Text = Pick<LoggedRecord, 'revision' | 'type' | 'version' | 'data'>;

/** What an event says, as its class has it now. */
interface Read {
  readonly type: string;
  readonly version: number;
  readonly data: unknown;
}

/** How records are read. */
export interface EventDecoderOptions {
  readonly types: EventTypes;
  readonly personal: PersonalData;
  readonly unknownTypes: 'plain' | 'refuse';
}

/**
 * Turns records into events: text → plain data → personal values opened → lifted to the current version → values of its
 * fields → an instance of its class. At once, unless keys of personal values must be asked for.
 */
export class EventDecoder {
  constructor(private readonly options: EventDecoderOptions) {}

  /**
   * @throws UnknownEventVersion (`STORE_UNKNOWN_EVENT_VERSION`), UnknownEventType (`STORE_UNKNOWN_EVENT_TYPE`),
   *   UpcastFailed (`STORE_UPCAST_FAILED`), PersonalDataUnreadable (`STORE_PERSONAL_DATA_UNREADABLE`), NoKeyStore
   *   (`STORE_NO_KEY_STORE`), NotDecodable (`MESSAGE_NOT_DECODABLE`) when someone else has written the record
   */
  recorded(records: readonly LoggedRecord[]): RecordedEvent[] | Promise<RecordedEvent[]> {
    return this.withKeys(records, (findKey) => {
      // A plain loop that makes objects of one shape: this is what a catch-up over millions of events spends its time in.
      const events = new Array<RecordedEvent>(records.length);
      for (let index = 0; index < records.length; index += 1) {
        events[index] = this.one(records[index] as LoggedRecord, findKey);
      }
      return events;
    });
  }

  /** @param key of the stream @throws as `recorded` */
  replayed(key: string, records: readonly RecordData[]): ReplayedEvent[] | Promise<ReplayedEvent[]> {
    return this.withKeys(records, (findKey) =>
      records.map((record) => {
        const { type, version, data } = this.read(key, record, findKey);
        return { revision: record.revision, type, version, data };
      }),
    );
  }

  /** The events of enrolled appends to one stream, chained on `base`, the stream's committed revision. */
  pending(appends: readonly StreamAppend[], base: number): StreamEvent[] | Promise<StreamEvent[]> {
    const records = appends.flatMap((append) => append.records);
    return this.withKeys(records, (findKey) => {
      let revision = base;
      return appends.flatMap(({ stream: key, records: enrolled }) =>
        enrolled.map((record) => {
          const at = count<Revision>((revision += 1));
          const { type, version, data } = this.read(key, { ...record, revision: at }, findKey);
          const { stream } = streamOfKey(key);
          return { id: record.id, stream, revision: at, type, version, data, metadata: decodeMetadata(record) };
        }),
      );
    });
  }

  private withKeys<Events>(
    records: readonly { readonly data: string }[],
    decode: (findKey: FindKey | undefined) => Events,
  ): Events | Promise<Events> {
    const sealed = records.filter(({ data }) => data.includes(SEAL));
    if (sealed.length === 0) return decode(undefined);
    return this.options.personal.keysOf(sealed.map(({ data }) => decodeJson(data))).then(decode);
  }

  private one(record: LoggedRecord, findKey: FindKey | undefined): RecordedEvent {
    const { type, version, data } = this.read(record.stream, record, findKey);
    return {
      id: record.id,
      stream: record.tenant === null ? record.stream : streamOfKey(record.stream).stream,
      revision: record.revision,
      type,
      version,
      data,
      metadata: decodeMetadata(record),
      partition: record.partition,
      offset: record.offset,
      position: record.position,
      recordedAt: record.recordedAt,
    };
  }

  private read(key: string, text: Text, findKey: FindKey | undefined): Read {
    const { revision, type, version } = text;
    const { types, unknownTypes } = this.options;
    let plain = decodeJson(text.data);
    const readings = types.readingsOf(type);
    if (typeof plain !== 'object' || plain === null) return { type, version, data: plain };
    if (findKey !== undefined) plain = opened(key, text, plain, findKey);
    if (readings === undefined) {
      if (unknownTypes === 'refuse' && !types.knows(type) && !isSystemEvent(type)) {
        throw new UnknownEventType(`Event ${revision} of stream ${streamOfKey(key).stream}`, type);
      }
      return { type, version, data: plain };
    }
    const reading = readings.get(version);
    if (reading === undefined) {
      throw new UnknownEventVersion(streamOfKey(key).stream, revision, type, version, [...readings.keys()]);
    }
    const { steps, type: current } = reading;
    const lifted = steps.length === 0 ? (plain as object) : liftedBy(steps, key, text, plain as object);
    return { type: current.name, version: current.version, data: current.revive(lifted) };
  }
}

/** The data with its personal values, or `Shredded` in their place. */
function opened(key: string, { revision, type }: Text, plain: object, findKey: FindKey): object {
  const data: Record<string, unknown> = { ...plain };
  for (const [field, value] of Object.entries(data)) {
    if (!isSealed(value)) continue;
    const dataKey = findKey(value.$personal.key);
    try {
      data[field] =
        dataKey === undefined ? new Shredded(value.$personal.subject) : unseal(value, `${type}/${field}`, dataKey);
    } catch (error) {
      throw new PersonalDataUnreadable(streamOfKey(key).stream, revision, field, error);
    }
  }
  return data;
}

function liftedBy(steps: readonly UpcastStep[], key: string, { revision, type }: Text, plain: object): object {
  let data = plain;
  for (const { from, upcast } of steps) {
    try {
      const next: unknown = upcast(data);
      if (typeof next !== 'object' || next === null || Array.isArray(next)) throw new TypeError('it gave no object');
      data = next;
    } catch (error) {
      throw new UpcastFailed(streamOfKey(key).stream, revision, type, from, error);
    }
  }
  return data;
}
