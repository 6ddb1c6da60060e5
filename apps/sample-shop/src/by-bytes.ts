/**
 * Bytes of lines that one event holds at the most, unless a single line is longer. An event may have 1 MiB, a line of an
 * invoice 65,536 characters of at most six bytes each, and an invoice any number of lines.
 */
const LIMIT_BYTES = 256 * 1024;

/**
 * Puts lines together, in order, so that an event of each part stays below the store's limit.
 *
 * @param lines values as they will stand in the event
 * @param around bytes that the first event needs beside its lines
 * @returns one part at least; the first is empty when there is no room for a line in it
 */
export function partsByBytes<Line>(lines: readonly Line[], around = 0): readonly (readonly Line[])[] {
  let part: Line[] = [];
  const parts = [part];
  let used = around;
  for (const line of lines) {
    const bytes = bytesOf(line);
    if (used > 0 && used + bytes > LIMIT_BYTES) {
      part = [];
      parts.push(part);
      used = 0;
    }
    part.push(line);
    used += bytes;
  }
  return parts;
}

/** Bytes of a value as JSON in UTF-8, with the comma after it. */
export const bytesOf = (value: unknown): number =>
  value === undefined ? 0 : Buffer.byteLength(JSON.stringify(value)) + 1;
