import { decodeJson } from '@annals/message';
import type { EventMetadata } from '../stream/recorded-event.js';
import type { EncodedMetadata } from './encode-metadata.js';

/** The metadata of a record. @throws NotDecodable (`MESSAGE_NOT_DECODABLE`) */
export function decodeMetadata(encoded: EncodedMetadata): EventMetadata {
  const metadata = encoded.metadata === null ? {} : (decodeJson(encoded.metadata) as Record<string, unknown>);
  if (encoded.correlationId !== null) metadata['correlationId'] = encoded.correlationId;
  if (encoded.tenant !== null) metadata['tenant'] = encoded.tenant;
  return metadata;
}
