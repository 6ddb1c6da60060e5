import { crc32 } from 'node:zlib';
import type { Checkpoint } from './checkpoint.js';
import { InvalidCheckpoint } from './invalid-checkpoint.js';

/** A checkpoint with the log it is of. */
export interface TokenContent {
  /** Names the log; a restored copy has another. */
  readonly incarnation: string;
  readonly checkpoint: Checkpoint;
}

const PREFIX = 'c1.';
const MAX_PARTITIONS = 4_096;
/** A token of all partitions at 2^53 - 1 has some 44,000 characters; whatever is longer is not even looked at. */
const MAX_CHARACTERS = 48_000;
const MAX_INCARNATION_BYTES = 200;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const UUID_BYTES = 16;
const CHECKSUM_BYTES = 4;

/**
 * The text of a checkpoint that may leave the database, safe in URLs and headers: `c1.` and base64url of the length
 * of the incarnation (0: a UUID in 16 bytes), the incarnation, the number of partitions and each offset as LEB128, and
 * the CRC-32 of all that. It is no secret and no proof: it guards against mistakes, not against forgery.
 * @throws InvalidCheckpoint (`LOG_INVALID_CHECKPOINT`) when an offset is not a safe integer from 0 on, there are none or
 *   more than 4,096 partitions, or the incarnation is empty or has more than 200 bytes
 */
export function encodeToken(incarnation: string, checkpoint: Checkpoint): string {
  if (checkpoint.length < 1 || checkpoint.length > MAX_PARTITIONS) {
    throw new InvalidCheckpoint(`A token is of 1 to ${MAX_PARTITIONS} partitions, not of ${checkpoint.length}`);
  }
  const content = [...namePart(incarnation)];
  writeNumber(content, checkpoint.length);
  for (const [partition, offset] of checkpoint.entries()) {
    if (!Number.isSafeInteger(offset) || offset < 0) {
      throw new InvalidCheckpoint(`Partition ${partition} has offset ${offset}: not a whole number from 0 on`);
    }
    writeNumber(content, offset);
  }
  const bytes = Buffer.alloc(content.length + CHECKSUM_BYTES);
  bytes.set(content);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, content.length)), content.length);
  return PREFIX + bytes.toString('base64url');
}

/**
 * What a token says.
 * @throws InvalidCheckpoint (`LOG_INVALID_CHECKPOINT`) unless `encodeToken` has made it exactly so
 */
export function decodeToken(token: string): TokenContent {
  if (typeof token !== 'string' || !token.startsWith(PREFIX) || token.length > MAX_CHARACTERS) throw noToken(token);
  const bytes = Buffer.from(token.slice(PREFIX.length), 'base64url');
  const end = bytes.length - CHECKSUM_BYTES;
  if (end < 0 || crc32(bytes.subarray(0, end)) !== bytes.readUInt32BE(end)) throw noToken(token);
  const content = readContent(bytes.subarray(0, end));
  // One text for each checkpoint, so that tokens can be compared: no other spelling of base64 or of a number.
  if (content === undefined || encodeToken(content.incarnation, content.checkpoint) !== token) throw noToken(token);
  return content;
}

function namePart(incarnation: string): Uint8Array {
  if (UUID.test(incarnation)) return Buffer.from(`00${incarnation.replaceAll('-', '')}`, 'hex');
  const bytes = Buffer.from(incarnation);
  if (bytes.length < 1 || bytes.length > MAX_INCARNATION_BYTES) {
    throw new InvalidCheckpoint(`An incarnation has 1 to ${MAX_INCARNATION_BYTES} bytes, not ${bytes.length}`);
  }
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
}

function writeNumber(into: number[], value: number): void {
  let rest = value;
  // Not by bits: offsets may have more than 32.
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) into.push((rest % 0x80) | 0x80);
  into.push(rest);
}

function readContent(bytes: Buffer): TokenContent | undefined {
  const length = bytes[0];
  if (length === undefined || length > MAX_INCARNATION_BYTES) return undefined;
  const nameEnd = 1 + (length === 0 ? UUID_BYTES : length);
  if (nameEnd > bytes.length) return undefined;
  const name = bytes.subarray(1, nameEnd);
  const numbers = readNumbers(bytes.subarray(nameEnd));
  if (numbers === undefined || numbers.length < 2 || numbers[0] !== numbers.length - 1) return undefined;
  return { incarnation: length === 0 ? uuidOf(name) : name.toString(), checkpoint: numbers.slice(1) };
}

const uuidOf = (bytes: Buffer): string =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

function readNumbers(bytes: Buffer): number[] | undefined {
  const numbers: number[] = [];
  let value = 0;
  let scale = 1;
  for (const byte of bytes) {
    value += (byte & 0x7f) * scale;
    if (value > Number.MAX_SAFE_INTEGER) return undefined;
    scale *= 0x80;
    if (byte >= 0x80) continue;
    numbers.push(value);
    if (numbers.length > MAX_PARTITIONS + 1) return undefined;
    value = 0;
    scale = 1;
  }
  return scale === 1 ? numbers : undefined;
}

const noToken = (token: unknown): InvalidCheckpoint =>
  new InvalidCheckpoint(
    `${typeof token === 'string' ? JSON.stringify(token.slice(0, 40)) : typeof token} is no checkpoint token: hand back what was given out, unchanged`,
  );
