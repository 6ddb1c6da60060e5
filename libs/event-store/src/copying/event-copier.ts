import type { LoggedRecord, LogRecord, StreamAppend } from '@annals/log';
import { CLOSED, streamKey, streamOfKey } from '@annals/log';
import { decodeJson, derivedId, encodeJson } from '@annals/message';
import { decodeMetadata } from '../metadata/decode-metadata.js';
import { encodeMetadata } from '../metadata/encode-metadata.js';
import type { DataKey } from '../shredding/key-store.js';
import type { FindKey, PersonalData } from '../shredding/personal-data.js';
import type { Sealed } from '../shredding/sealing.js';
import { isSealed, seal, SEAL, unseal } from '../shredding/sealing.js';
import { Shredded } from '../shredding/shredded.js';
import type { SubjectStream } from '../shredding/subject-registry.js';
import { checkStreamName, COMPANION } from '../stream/stream-name.js';
import { isSystemEvent } from '../typing/system-events.js';
import type { CopiedEvent, Transform } from './copied-event.js';

/** Events are as large as they were. */
const LIMIT_BYTES = 1024 * 1024 * 1024;

/** What a batch of records becomes. */
export interface CopiedBatch {
  readonly appends: readonly StreamAppend[];
  readonly written: number;
  readonly dropped: number;
  readonly closedStreams: number;
}

/** An event that is to be written, and what was sealed in the one it comes from. */
interface Transformed {
  readonly event: CopiedEvent;
  readonly sealed: ReadonlyMap<string, Sealed>;
}

/** Turns records of one store into appends to another. */
export class EventCopier {
  constructor(
    private readonly source: PersonalData,
    private readonly target: PersonalData,
    private readonly transform: Transform,
  ) {}

  async copy(records: readonly LoggedRecord[]): Promise<CopiedBatch> {
    const findKey = await this.source.keysOf(
      records.filter(({ data }) => data.includes(SEAL)).map(({ data }) => decodeJson(data)),
    );
    let dropped = 0;
    let closedStreams = 0;
    const kept: (LoggedRecord | Transformed)[] = [];
    for (const record of records) {
      if (record.revision === CLOSED) closedStreams += 1;
      else if (record.stream.startsWith(COMPANION) || isSystemEvent(record.type)) kept.push(record);
      else {
        const made = this.transformed(record, findKey);
        if (made.length === 0) dropped += 1;
        kept.push(...made);
      }
    }
    const keys = await this.keysFor(kept);
    const appends = inRuns(kept.map((each) => ('event' in each ? recordOf(each, keys) : [each.stream, each])));
    return { appends, written: kept.length, dropped, closedStreams };
  }

  private transformed(record: LoggedRecord, findKey: FindKey): Transformed[] {
    const { event, sealed } = copiedEvent(record, findKey);
    const made = this.transform(event);
    const events =
      made === undefined ? [] : Array.isArray(made) ? (made as readonly CopiedEvent[]) : [made as CopiedEvent];
    return events.map((each, index) => {
      const id = index === 0 ? event.id : derivedId(event.id, `copy/${index}`);
      return { event: { ...each, id, recordedAt: event.recordedAt, stream: checkStreamName(each.stream) }, sealed };
    });
  }

  private async keysFor(kept: readonly (LoggedRecord | Transformed)[]): Promise<ReadonlyMap<string, DataKey>> {
    const entries: SubjectStream[] = [];
    for (const each of kept) {
      if (!('event' in each)) continue;
      const { data, personal, stream, tenant } = each.event;
      for (const [field, subject] of Object.entries(personal)) {
        const value = (data as Record<string, unknown>)[field];
        // Also of what is shredded already: the stream is one of the subject's.
        if (value !== undefined && value !== null) entries.push({ subject, stream: streamKey(stream, tenant) });
      }
    }
    return entries.length === 0 ? new Map<string, DataKey>() : this.target.keysFor(entries);
  }
}

function copiedEvent(record: LoggedRecord, findKey: FindKey): Transformed {
  const { stream, tenant } = streamOfKey(record.stream);
  const { id, revision, type, version, recordedAt } = record;
  const data = decodeJson(record.data);
  const personal: Record<string, string> = {};
  const sealed = new Map<string, Sealed>();
  const opened: unknown = typeof data === 'object' && data !== null && !Array.isArray(data) ? { ...data } : data;
  for (const [field, value] of Object.entries(opened ?? {}) as [string, unknown][]) {
    if (!isSealed(value)) continue;
    const key = findKey(value.$personal.key);
    personal[field] = value.$personal.subject;
    sealed.set(field, value);
    (opened as Record<string, unknown>)[field] =
      key === undefined ? new Shredded(value.$personal.subject) : unseal(value, `${type}/${field}`, key);
  }
  const metadata = decodeMetadata(record);
  return {
    event: { id, stream, tenant, revision, type, version, data: opened, metadata, recordedAt, personal },
    sealed,
  };
}

/** The stream's key and the record of an event, its personal values sealed with the target's keys. */
function recordOf({ event, sealed }: Transformed, keys: ReadonlyMap<string, DataKey>): readonly [string, LogRecord] {
  const { id, stream, tenant, type, version, personal, recordedAt } = event;
  const data: unknown =
    Object.keys(personal).length === 0 ? event.data : { ...(event.data as Record<string, unknown>) };
  for (const [field, subject] of Object.entries(personal)) {
    const fields = data as Record<string, unknown>;
    const value = fields[field];
    if (value === undefined || value === null) continue;
    const key = keys.get(subject) as DataKey;
    // What nobody can open stays what it is.
    fields[field] =
      value instanceof Shredded ? sealedFor(value, sealed) : seal(subject, `${type}/${field}`, value, key);
  }
  const metadata = { ...event.metadata, originallyRecordedAt: recordedAt.toISOString() };
  const encoded = encodeMetadata({ ...metadata, tenant: undefined }, LIMIT_BYTES);
  const text = encodeJson(data, { limitBytes: LIMIT_BYTES, what: `data of ${type}` });
  return [streamKey(stream, tenant), { id, type, version, data: text, ...encoded, tenant: tenant ?? null }];
}

/** The sealed value that a shredded one stands for, whatever its field is called now. */
function sealedFor({ subject }: Shredded, sealed: ReadonlyMap<string, Sealed>): Sealed {
  for (const value of sealed.values()) if (value.$personal.subject === subject) return value;
  throw new TypeError(`A value of subject ${subject} is shredded, but was not sealed in the event that is copied`);
}

/** One append for each run of records of one stream, so that the order of all is kept. */
function inRuns(records: readonly (readonly [string, LogRecord])[]): StreamAppend[] {
  const runs: { stream: string; expected: 'any'; records: LogRecord[] }[] = [];
  for (const [stream, { id, type, version, data, metadata, correlationId, tenant }] of records) {
    let run = runs.at(-1);
    if (run?.stream !== stream) runs.push((run = { stream, expected: 'any', records: [] }));
    run.records.push({ id, type, version, data, metadata, correlationId, tenant });
  }
  return runs;
}
