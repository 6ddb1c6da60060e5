import type { LogRecord } from '@annals/log';
import { encodeJson } from '@annals/message';
import type { EventMetadata } from '../stream/recorded-event.js';
import { faultOfShortText } from '../stream/short-text.js';

/** Metadata as a record holds it: what is read by in columns, the rest as JSON. */
export type EncodedMetadata = Pick<LogRecord, 'metadata' | 'correlationId' | 'tenant'>;

const COLUMNS = ['correlationId', 'causationId', 'tenant'] as const;

/** What is wrong with metadata, by path; empty when nothing is. */
export function faultsOfMetadata(metadata: unknown): { readonly path: string; readonly fault: string }[] {
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) {
    return [{ path: 'metadata', fault: 'must be an object' }];
  }
  const faults: { path: string; fault: string }[] = [];
  for (const column of COLUMNS) {
    const value = (metadata as EventMetadata)[column];
    const fault = value === undefined ? undefined : faultOfShortText(value);
    if (fault !== undefined) faults.push({ path: `metadata.${column}`, fault });
  }
  return faults;
}

/** @throws NotEncodable (`MESSAGE_NOT_ENCODABLE`), TooLarge (`MESSAGE_TOO_LARGE`) */
export function encodeMetadata(metadata: EventMetadata, limitBytes: number): EncodedMetadata {
  const { correlationId = null, tenant = null, ...rest } = metadata;
  for (const key in rest) {
    if (rest[key] !== undefined) {
      return { metadata: encodeJson(rest, { limitBytes, what: 'the metadata' }), correlationId, tenant };
    }
  }
  return { metadata: null, correlationId, tenant };
}
