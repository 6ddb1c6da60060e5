import driver from 'pg/lib/utils.js';

const BIND = 66;
const EXECUTE = 69;
const SYNC = 83;
const TEXT_FORMAT = 0;
const BINARY_FORMAT = 1;
/** A scratchpad that a large statement has made longer than this is not kept. */
const KEPT_BYTES = 1024 * 1024;

/** Bytes of the messages Execute and Sync at the end of what `bindMessage` makes. */
export const EXECUTE_AND_SYNC_BYTES = 15;

let scratch = Buffer.allocUnsafeSlow(64 * 1024);
let at = 0;

/**
 * The messages Bind, Execute and Sync for a prepared statement, in one piece of memory of its own. The driver makes them
 * one by one, and lets its memory grow from 256 bytes for each statement: with 20 arrays that is most of what it costs.
 * @param values bytes go as they are, in Postgres's binary format; all else as text, arrays and dates as the driver has it
 */
export function bindMessage(name: string, values: readonly unknown[]): Buffer {
  at = 0;
  room(16 + name.length * 3 + values.length * 2);
  scratch[at] = BIND;
  at += 5;
  cString('');
  cString(name);
  int16(values.length);
  for (const value of values) int16(ArrayBuffer.isView(value) ? BINARY_FORMAT : TEXT_FORMAT);
  int16(values.length);
  for (const value of values) parameter(value);
  room(32);
  // All columns come as text.
  int16(0);
  scratch.writeInt32BE(at - 1, 1);
  executeAndSync();
  const message = Buffer.allocUnsafe(at);
  scratch.copy(message, 0, 0, at);
  if (scratch.length > KEPT_BYTES) scratch = Buffer.allocUnsafeSlow(64 * 1024);
  return message;
}

function parameter(given: unknown): void {
  const value = typeof given === 'string' || Buffer.isBuffer(given) ? given : driver.prepareValue(given);
  if (value === null) {
    room(4);
    int32(-1);
  } else if (typeof value === 'object') {
    room(4 + value.length);
    int32(value.length);
    at += value.copy(scratch, at);
  } else {
    // UTF-8 takes three bytes at the most for what is one in a string.
    room(4 + value.length * 3);
    const bytes = scratch.write(value, at + 4, 'utf8');
    int32(bytes);
    at += bytes;
  }
}

function executeAndSync(): void {
  scratch[at] = EXECUTE;
  scratch.writeInt32BE(9, at + 1);
  at += 5;
  cString('');
  // All rows.
  int32(0);
  scratch[at] = SYNC;
  scratch.writeInt32BE(4, at + 1);
  at += 5;
}

function room(bytes: number): void {
  if (at + bytes <= scratch.length) return;
  const larger = Buffer.allocUnsafeSlow(Math.max(scratch.length * 2, at + bytes));
  scratch.copy(larger, 0, 0, at);
  scratch = larger;
}

function int16(value: number): void {
  at = scratch.writeUInt16BE(value, at);
}

function int32(value: number): void {
  at = scratch.writeInt32BE(value, at);
}

function cString(text: string): void {
  at += scratch.write(text, at, 'utf8');
  scratch[at] = 0;
  at += 1;
}
