import type { LogRecord, StreamAppend } from '@annals/log';
import { checkId, derivedId, encodeJson, isUuidV7, newId } from '@annals/message';
import type { AppendOptions, StreamChange } from '../event-store.js';
import type { EncodedMetadata } from '../metadata/encode-metadata.js';
import { encodeMetadata, faultsOfMetadata } from '../metadata/encode-metadata.js';
import { currentMetadata } from '../metadata/with-metadata.js';
import { checkExpectedRevision } from '../stream/expected-revision.js';
import type { EventMetadata } from '../stream/recorded-event.js';
import { checkStreamName } from '../stream/stream-name.js';
import type { EventTypes } from '../typing/event-types.js';
import { brokenRules, hasRules } from './event-rules.js';
import { FaultList } from './fault-list.js';
import type { EventToWrite } from './named-event.js';
import { namedEvent } from './named-event.js';

/** What an append was found to say, before anything of it is encoded. */
export interface CheckedAppend {
  readonly changes: readonly { readonly change: StreamChange; readonly events: readonly EventToWrite[] }[];
  readonly commandId: string | undefined;
  /** Goes on every event; its own wins. */
  readonly metadata: EventMetadata;
}

/** Turns events into records: checks and names them, then encodes them. Nothing is written here. */
export class EventWriter {
  /** @param maxEventBytes of data, and of metadata, as JSON in UTF-8 */
  constructor(
    private readonly types: EventTypes,
    private readonly maxEventBytes: number,
  ) {}

  /**
   * Checks all that can be checked without the log. A promise only where a class has decorators of class-validator: the
   * others pay nothing for it.
   * @throws InvalidStreamName (`STORE_INVALID_STREAM_NAME`), InvalidExpectedRevision (`STORE_INVALID_EXPECTED_REVISION`),
   *   InvalidId (`MESSAGE_INVALID_ID`) for a commandId that is no UUID v7, InvalidEvent (`STORE_INVALID_EVENT`)
   */
  check(
    changes: readonly StreamChange[],
    { commandId, metadata }: AppendOptions,
  ): CheckedAppend | Promise<CheckedAppend> {
    const faults = new FaultList();
    const rules: Promise<void>[] = [];
    for (const { stream, expected } of changes) checkExpectedRevision(checkStreamName(stream), expected);
    const cause = commandId === undefined ? undefined : { causationId: checkId(commandId, 'command id') };
    const checked = changes.map((change) => {
      const events: EventToWrite[] = [];
      for (let index = 0; index < change.events.length; index += 1) {
        const event = namedEvent(change.events[index], this.types);
        if ('fault' in event) {
          faults.add(change.stream, index, event.type, event);
          continue;
        }
        events.push(event);
        checkOwn(event, change.stream, index, faults);
        const instance = instanceWithRules(event);
        if (instance === undefined) continue;
        rules.push(brokenRules(instance).then((broken) => faults.addAll(change.stream, index, event.type, broken)));
      }
      return { change, events };
    });
    const common =
      cause === undefined && metadata === undefined
        ? currentMetadata()
        : { ...currentMetadata(), ...cause, ...metadata };
    faults.addAll(changes[0]?.stream ?? '', 0, undefined, faultsOfMetadata(common));
    const result = { changes: checked, commandId, metadata: common };
    const verdict = (): CheckedAppend => {
      faults.throwIfAny();
      return result;
    };
    return rules.length === 0 ? verdict() : Promise.all(rules).then(verdict);
  }

  /**
   * The records of checked events.
   * @param written how many records of a stream are enrolled already, so that a command's second append in a unit of
   *   work gets ids of its own
   * @throws NotEncodable (`MESSAGE_NOT_ENCODABLE`), TooLarge (`MESSAGE_TOO_LARGE`)
   */
  encode({ changes, commandId, metadata }: CheckedAppend, written: (stream: string) => number): StreamAppend[] {
    const common = encodeMetadata(metadata, this.maxEventBytes);
    const counts = new Map<string, number>();
    return changes.map(({ change: { stream, expected }, events }) => {
      const before = commandId === undefined ? 0 : (counts.get(stream) ?? written(stream));
      counts.set(stream, before + events.length);
      const records = events.map((event, index) => {
        const own =
          event.metadata === undefined
            ? common
            : encodeMetadata({ ...metadata, ...event.metadata }, this.maxEventBytes);
        const id =
          event.id?.toLowerCase() ??
          (commandId === undefined ? newId() : derivedId(commandId, `${stream}/${before + index}`));
        return this.record(id, event, own);
      });
      return { stream, expected, records };
    });
  }

  private record(id: string, { type, version, data }: EventToWrite, encoded: EncodedMetadata): LogRecord {
    return {
      id,
      type,
      version,
      data: encodeJson(data, { limitBytes: this.maxEventBytes, what: `data of ${type}` }),
      metadata: encoded.metadata,
      correlationId: encoded.correlationId,
      tenant: encoded.tenant,
    };
  }
}

/** What class-validator is to look at: the data as an instance of its class; nothing when the class has no rules. */
function instanceWithRules({ data, declared }: EventToWrite): object | undefined {
  if (declared === undefined || !hasRules(declared.eventClass)) return undefined;
  return data instanceof declared.eventClass ? data : declared.revive(data as object);
}

function checkOwn({ id, type, metadata }: EventToWrite, stream: string, index: number, faults: FaultList): void {
  if (id !== undefined) {
    if (!isUuidV7(id))
      faults.add(stream, index, type, { path: 'id', fault: 'must be a UUID v7: take one from newId()' });
    else if (faults.isSecond(id.toLowerCase()))
      faults.add(stream, index, type, { path: 'id', fault: `${id} is given twice` });
  }
  if (metadata !== undefined) faults.addAll(stream, index, type, faultsOfMetadata(metadata));
}
