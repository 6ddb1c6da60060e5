import { encodeJson, hasCode } from '@annals/message';
import { InvalidRecord } from './invalid-record.js';
import { RecordTooLarge } from './record-too-large.js';
import type { Topic } from './topic.js';
import type { Headers, NewRecord } from './topic-record.js';

/** A record on its way to an engine. */
export interface EncodedRecord {
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: string | null;
  readonly timestamp: number | null;
  /** What it weighs. */
  readonly bytes: number;
}

/** Whether it has what Postgres cannot hold: U+0000, or half a surrogate pair. */
const isUnstorable = (text: string): boolean => text.includes('\0') || /\p{Surrogate}/u.test(text);

/**
 * @throws InvalidRecord (`BUS_INVALID_RECORD`) naming every fault, RecordTooLarge (`BUS_RECORD_TOO_LARGE`): nothing was sent
 */
export function encodeRecord({ name, config }: Topic, record: NewRecord): EncodedRecord {
  const { key = null, partition } = record;
  const faults: string[] = [];
  if (key !== null && typeof key !== 'string') faults.push(`its key is a ${typeof key}, and must be a text or null`);
  else if (key !== null && isUnstorable(key)) faults.push('its key has U+0000 or half a surrogate pair');
  if (key === null && config.cleanupPolicy !== 'delete') {
    faults.push('it has no key, and this topic is compacted by key (Kafka refuses it too: INVALID_RECORD)');
  }
  if (partition !== undefined && !(Number.isInteger(partition) && partition >= 0 && partition < config.partitions)) {
    faults.push(`its partition is ${String(partition)}, and the topic has 0 to ${config.partitions - 1}`);
  }
  if (record.timestamp !== undefined && !Number.isFinite(record.timestamp.getTime())) {
    faults.push('its timestamp is no valid date');
  }
  if (record.value === undefined) faults.push('it has no value: give null for a tombstone');
  if (faults.length > 0) throw new InvalidRecord(name, faults);
  return encoded(name, config.maxRecordBytes, record, key);
}

function encoded(topic: string, maxRecordBytes: number, record: NewRecord, key: string | null): EncodedRecord {
  try {
    const options = { limitBytes: maxRecordBytes, what: 'its value' };
    const value = record.value === null ? null : encodeJson(record.value, options);
    const headers = encodeHeaders(record.headers, maxRecordBytes);
    // A character has three bytes at the most: the exact size is counted only where it could matter.
    const characters = (key?.length ?? 0) + (value?.length ?? 0) + (headers?.length ?? 0);
    const bytes =
      characters * 3 > maxRecordBytes
        ? Buffer.byteLength(key ?? '') + Buffer.byteLength(value ?? '') + Buffer.byteLength(headers ?? '')
        : characters;
    if (bytes > maxRecordBytes) throw new RecordTooLarge(topic, bytes, maxRecordBytes);
    return { key, value, headers, timestamp: record.timestamp?.getTime() ?? null, bytes };
  } catch (error) {
    if (hasCode(error, 'MESSAGE_TOO_LARGE')) throw new RecordTooLarge(topic, maxRecordBytes + 1, maxRecordBytes);
    if (!hasCode(error, 'MESSAGE_NOT_ENCODABLE')) throw error;
    throw new InvalidRecord(topic, [error.message], error);
  }
}

function encodeHeaders(headers: NewRecord['headers'], limitBytes: number): string | null {
  if (headers === undefined) return null;
  const pairs: Headers = Array.isArray(headers) ? (headers as Headers) : Object.entries(headers);
  return pairs.length === 0 ? null : encodeJson(pairs, { limitBytes, what: 'its headers' });
}
