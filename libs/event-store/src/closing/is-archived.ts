import { CLOSED, StreamClosed, TOMBSTONED } from '@annals/log';

/**
 * Whether records are what is left of an archived stream: its marker.
 * @param key of the stream
 * @throws StreamClosed (`STORE_STREAM_CLOSED`) when the stream is tombstoned
 */
export function isArchived(
  key: string,
  [first]: readonly { readonly revision: number; readonly type: string }[],
): boolean {
  if (first?.revision !== CLOSED) return false;
  if (first.type === TOMBSTONED) throw new StreamClosed(key);
  return true;
}
