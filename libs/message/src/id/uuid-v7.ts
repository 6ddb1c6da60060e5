import { InvalidId } from './invalid-id.js';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** Whether `id` is a UUID of version 7 (RFC 9562), in either case of letters. */
export const isUuidV7 = (id: unknown): id is string => typeof id === 'string' && UUID_V7.test(id);

/**
 * The id in lower case, as Postgres gives it back, so that ids can be compared as text.
 * @param what names what the id is of in the error. @default 'id'
 * @throws InvalidId (`MESSAGE_INVALID_ID`) unless it is a UUID v7
 */
export function checkId(id: unknown, what = 'id'): string {
  if (!isUuidV7(id)) throw new InvalidId(what, id);
  return id.toLowerCase();
}
