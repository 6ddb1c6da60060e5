import { InvalidStreamName } from './invalid-stream-name.js';
import { faultOfShortText } from './short-text.js';

/** What the names of streams begin with that the store itself keeps beside others. */
export const COMPANION = '$$';

/**
 * @returns the name
 * @throws InvalidStreamName (`STORE_INVALID_STREAM_NAME`) unless it is a string of 1 to 255 bytes in UTF-8, well-formed,
 *   without control characters, that does not begin with `$$`
 */
export function checkStreamName(stream: string): string {
  const fault = faultOfShortText(stream);
  if (fault !== undefined) throw new InvalidStreamName(stream, fault);
  if (stream.startsWith(COMPANION)) {
    throw new InvalidStreamName(stream, `must not begin with ${COMPANION}, as streams of the store itself do`);
  }
  return stream;
}
