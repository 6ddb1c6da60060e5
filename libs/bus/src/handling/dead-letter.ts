import { hasCode, messageOf, storableText } from '@annals/message';
import { TopicRecord } from '../topics/topic-record.js';
import type { NewRecord, StoredRecord } from '../topics/topic-record.js';

/** The names of the headers that say why a record is a dead letter, and where it comes from. */
export const DEAD_LETTER_HEADERS = Object.freeze({
  reason: 'annals-dead-letter-reason',
  code: 'annals-dead-letter-code',
  topic: 'annals-dead-letter-topic',
  partition: 'annals-dead-letter-partition',
  offset: 'annals-dead-letter-offset',
  group: 'annals-dead-letter-group',
});

/** So much of anybody's text goes into a header. */
const LONGEST = 2_000;

/** The record as it goes to a dead-letter topic: its key, value, headers and time, and why it is there. */
export function deadLetterOf(stored: StoredRecord, topic: string, group: string, error: unknown): NewRecord {
  const record = new TopicRecord(topic, stored);
  const code =
    error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : error?.constructor.name;
  return {
    key: record.key,
    value: valueOf(record),
    timestamp: record.timestamp,
    headers: [
      ...record.headers,
      [DEAD_LETTER_HEADERS.reason, storableText(messageOf(error), LONGEST)],
      [DEAD_LETTER_HEADERS.code, storableText(code ?? 'unknown', LONGEST)],
      [DEAD_LETTER_HEADERS.topic, topic],
      [DEAD_LETTER_HEADERS.partition, String(record.partition)],
      [DEAD_LETTER_HEADERS.offset, String(record.offset)],
      [DEAD_LETTER_HEADERS.group, group],
    ],
  };
}

/** One that cannot be read, which may be why it failed, goes as the text it is. */
function valueOf(record: TopicRecord): unknown {
  try {
    return record.value;
  } catch (error) {
    if (hasCode(error, 'MESSAGE_NOT_DECODABLE')) return record.text;
    throw error;
  }
}
