import type { LogRecord, StreamAppend } from '@annals/log';
import { streamKey } from '@annals/log';
import { derivedId, encodeJson, isUuidV7, newId } from '@annals/message';
import type { StreamChange } from '../stream/append-options.js';
import type { EncodedMetadata } from '../metadata/encode-metadata.js';
import { encodeMetadata, faultsOfMetadata } from '../metadata/encode-metadata.js';
import { checkExpectedRevision } from '../stream/expected-revision.js';
import { checkStreamName } from '../stream/stream-name.js';
import type { DataKey } from '../shredding/key-store.js';
import type { SubjectStream } from '../shredding/subject-registry.js';
import type { AppendContext } from './append-context.js';
import type { EventTypes } from '../typing/event-types.js';
import { brokenRules, hasRules } from './event-rules.js';
import { FaultList } from './fault-list.js';
import { InvalidEvent } from './invalid-event.js';
import type { EventToWrite } from './named-event.js';
import { namedEvent } from './named-event.js';
import { personalFaults, personalValues, sealed } from './personal-values.js';
import { isSealed, SEAL } from '../shredding/sealing.js';

/** A change with what goes with it. */
export interface ChangeInContext extends StreamChange {
  readonly context: AppendContext;
}

/** What an append was found to say, before anything of it is encoded. */
export type CheckedAppend = readonly { readonly change: ChangeInContext; readonly events: readonly EventToWrite[] }[];

/** How events are written. */
export interface EventWriterOptions {
  readonly types: EventTypes;
  /** Bytes of data, and of metadata, as JSON in UTF-8 at the most. */
  readonly maxEventBytes: number;
  readonly unknownTypes: 'plain' | 'refuse';
}

/** The keys of the data subjects that an append has personal data of. */
export type SubjectKeys = ReadonlyMap<string, DataKey>;

const NO_KEYS: SubjectKeys = new Map();

/** Turns events into records: checks and names them, then encodes them. Nothing is written here. */
export class EventWriter {
  constructor(private readonly options: EventWriterOptions) {}

  /**
   * Checks all that can be checked without the log. A promise only where a class has decorators of class-validator: the
   * others pay nothing for it.
   * @throws InvalidStreamName (`STORE_INVALID_STREAM_NAME`), InvalidExpectedRevision (`STORE_INVALID_EXPECTED_REVISION`),
   *   InvalidEvent (`STORE_INVALID_EVENT`)
   */
  check(changes: readonly ChangeInContext[]): CheckedAppend | Promise<CheckedAppend> {
    const faults = new FaultList();
    const rules: Promise<void>[] = [];
    for (const { stream, expected } of changes) checkExpectedRevision(checkStreamName(stream), expected);
    let context: AppendContext | undefined;
    const checked = changes.map((change) => {
      if (change.context !== context) {
        ({ context } = change);
        faults.addAll(change.stream, 0, undefined, faultsOfMetadata(context.metadata));
      }
      return { change, events: this.checkEvents(change, faults, rules) };
    });
    const verdict = (): CheckedAppend => {
      faults.throwIfAny();
      return checked;
    };
    return rules.length === 0 ? verdict() : Promise.all(rules).then(verdict);
  }

  /**
   * Whose personal data the events have, and which streams it goes to; empty for nearly all.
   */
  subjectsIn(checked: CheckedAppend): SubjectStream[] {
    const found: SubjectStream[] = [];
    for (const { change, events } of checked) {
      for (const event of events) {
        if (event.declared?.personal === undefined) continue;
        const stream = streamKey(change.stream, change.context.metadata.tenant);
        for (const { subject } of personalValues(event, change.stream)) found.push({ subject, stream });
      }
    }
    return found;
  }

  /**
   * The records of checked events.
   * @param keys of all subjects that the events have personal data of
   * @param written how many records of a stream, by its key, are enrolled already, so that a command's second append in a
   *   unit of work gets ids of its own
   * @throws NotEncodable (`MESSAGE_NOT_ENCODABLE`), TooLarge (`MESSAGE_TOO_LARGE`)
   */
  encode(checked: CheckedAppend, written: (key: string) => number, keys = NO_KEYS): StreamAppend[] {
    const { maxEventBytes } = this.options;
    const counts = new Map<string, number>();
    let context: AppendContext | undefined;
    let common: EncodedMetadata | undefined;
    return checked.map(({ change, events }) => {
      if (common === undefined || change.context !== context) {
        ({ context } = change);
        common = encodeMetadata(context.metadata, maxEventBytes);
        // Another context is another append that shares this one: its command counts from its own beginning, so that the
        // same command twice at once is known for what it is.
        counts.clear();
      }
      const { commandId, metadata } = change.context;
      const key = streamKey(change.stream, metadata.tenant);
      const nextId = commandId === undefined ? newId : this.derivedIds(commandId, key, counts, written);
      const records: LogRecord[] = [];
      for (const event of events) {
        const own = event.metadata && encodeMetadata({ ...metadata, ...event.metadata }, maxEventBytes);
        // Drawn also where the event has an id: the ids of the others do not depend on it.
        const id = event.id === undefined || commandId !== undefined ? nextId() : '';
        records.push(this.record(event.id?.toLowerCase() ?? id, event, own ?? common, change.stream, keys));
      }
      return { stream: key, expected: change.expected, records };
    });
  }

  private checkEvents({ stream, events, context }: ChangeInContext, faults: FaultList, rules: Promise<void>[]) {
    const checked: EventToWrite[] = [];
    for (let index = 0; index < events.length; index += 1) {
      const event = namedEvent(events[index], this.options);
      if ('fault' in event) {
        faults.add(stream, index, event.type, event);
        continue;
      }
      checked.push(event);
      checkOwn(event, stream, index, context, faults);
      checkFields(event, stream, index, faults);
      const instance = instanceWithRules(event);
      if (instance === undefined) continue;
      rules.push(brokenRules(instance).then((broken) => faults.addAll(stream, index, event.type, broken)));
    }
    return checked;
  }

  /** Ids by the command and the place among what it appends to the stream. */
  private derivedIds(
    commandId: string,
    key: string,
    counts: Map<string, number>,
    written: (key: string) => number,
  ): () => string {
    const counted = `${commandId}/${key}`;
    let place = counts.get(counted) ?? written(key);
    return () => {
      const id = derivedId(commandId, `${key}/${place}`);
      place += 1;
      counts.set(counted, place);
      return id;
    };
  }

  private record(
    id: string,
    event: EventToWrite,
    encoded: EncodedMetadata,
    stream: string,
    keys: SubjectKeys,
  ): LogRecord {
    const { type, version, data, declared } = event;
    const limitBytes = this.options.maxEventBytes;
    const plain = declared?.coded === undefined ? data : declared.coded.encode(data as object);
    const stored = declared?.personal === undefined ? plain : sealed(event, plain as object, stream, keys);
    const text = encodeJson(stored, { limitBytes, what: `data of ${type}` });
    // A look at the text costs nothing beside one at each field.
    if (declared?.personal === undefined && text.includes(SEAL)) refuseSeals(data, stream, type);
    return {
      id,
      type,
      version,
      data: text,
      metadata: encoded.metadata,
      correlationId: encoded.correlationId,
      tenant: encoded.tenant,
    };
  }
}

/** What class-validator is to look at: the data as an instance of its class; nothing when the class has no rules. */
function instanceWithRules({ data, declared }: EventToWrite): object | undefined {
  if (declared === undefined || !hasRules(declared.eventClass)) return undefined;
  return data instanceof declared.eventClass ? data : declared.live(data as object);
}

function checkOwn(
  { id, type, metadata }: EventToWrite,
  stream: string,
  index: number,
  context: AppendContext,
  faults: FaultList,
): void {
  if (id !== undefined) {
    if (!isUuidV7(id))
      faults.add(stream, index, type, { path: 'id', fault: 'must be a UUID v7: take one from newId()' });
    else if (faults.isSecond(id.toLowerCase()))
      faults.add(stream, index, type, { path: 'id', fault: `${id} is given twice` });
  }
  if (metadata === undefined) return;
  const own = faultsOfMetadata(metadata);
  faults.addAll(stream, index, type, own);
  if (own.length === 0 && 'tenant' in metadata && metadata.tenant !== context.metadata.tenant) {
    const fault = `must be the stream's, ${JSON.stringify(context.metadata.tenant)}: give the tenant to the append`;
    faults.add(stream, index, type, { path: 'metadata.tenant', fault });
  }
}

/** What is wrong with values that a codec writes, or that are somebody's personal data. */
function checkFields(event: EventToWrite, stream: string, index: number, faults: FaultList): void {
  const { data, declared, type } = event;
  if (declared?.coded !== undefined) faults.addAll(stream, index, type, declared.coded.faults(data as object));
  if (declared?.personal !== undefined) faults.addAll(stream, index, type, personalFaults(event, stream));
}

/** @throws InvalidEvent (`STORE_INVALID_EVENT`) when a field is what the store makes of a personal value */
function refuseSeals(data: unknown, stream: string, type: string): void {
  const fields = Object.entries(data ?? {}).filter(([, value]) => isSealed(value));
  const fault = 'is a key that the store keeps to itself';
  if (fields.length === 0) return;
  throw new InvalidEvent(fields.map(([field]) => ({ stream, index: 0, type, path: `${field}.${SEAL}`, fault })));
}
