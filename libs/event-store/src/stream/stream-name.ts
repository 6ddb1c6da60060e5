import { InvalidStreamName } from './invalid-stream-name.js';
import { faultOfShortText } from './short-text.js';

/**
 * @returns the name
 * @throws InvalidStreamName (`STORE_INVALID_STREAM_NAME`) unless it is a string of 1 to 255 bytes in UTF-8, well-formed,
 *   without control characters
 */
export function checkStreamName(stream: string): string {
  const fault = faultOfShortText(stream);
  if (fault !== undefined) throw new InvalidStreamName(stream, fault);
  return stream;
}
