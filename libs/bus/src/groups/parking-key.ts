import type { StoredRecord } from '../topics/topic-record.js';

/** What holds up others when it is parked: a record's key, or the record alone where it has none. */
export const parkingKeyOf = ({ key, offset }: Pick<StoredRecord, 'key' | 'offset'>): string =>
  key === null ? `o${offset}` : `k${key}`;

/** The parking key of a record's key. */
export const parkingKey = (key: string): string => `k${key}`;

/** The key of a record that is parked; null where it has none. */
export const keyOfParking = (parkingKey: string): string | null =>
  parkingKey.startsWith('k') ? parkingKey.slice(1) : null;
