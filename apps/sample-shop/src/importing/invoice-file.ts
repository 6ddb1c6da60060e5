import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { messageOf } from '@annals/message';
import { UnreadableFile } from './unreadable-file.js';

/** How the bytes of a file are read. Latin-1 is ISO 8859-1, in which Windows writes the pound sign too. */
export type Encoding = 'utf-8' | 'latin-1';

const GZIP_MAGIC = 0x1f8b;

/**
 * The unpacked bytes of a file, chunk by chunk. Packed files are known by their first two bytes, whatever their name.
 *
 * @param path a `.csv` or `.csv.gz` file; it is read more than once, so it cannot be a pipe
 * @throws UnreadableFile (SHOP_UNREADABLE_FILE) when there is no such file, or its gzip is damaged or cut short
 */
async function* unpackedBytes(path: string): AsyncGenerator<Buffer> {
  try {
    const packed = await isPacked(path);
    const bytes = createReadStream(path);
    if (!packed) {
      yield* bytes as AsyncIterable<Buffer>;
      return;
    }
    const gunzip = createGunzip();
    bytes.once('error', (error) => gunzip.destroy(error)).pipe(gunzip);
    try {
      yield* gunzip as AsyncIterable<Buffer>;
    } finally {
      bytes.destroy();
    }
  } catch (error) {
    throw new UnreadableFile(path, messageOf(error), error);
  }
}

async function isPacked(path: string): Promise<boolean> {
  await using file = await open(path);
  const { bytesRead, buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
  return bytesRead === 2 && buffer.readUInt16BE() === GZIP_MAGIC;
}

/**
 * Tells the encoding of a whole file: one byte sequence that is not valid UTF-8 makes it Latin-1, since Latin-1 text with
 * an accent or a pound sign is all but never valid UTF-8.
 *
 * @param path as in unpackedBytes
 * @throws UnreadableFile as unpackedBytes does
 */
export async function detectEncoding(path: string): Promise<Encoding> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const isValid = (bytes?: Buffer): boolean => {
    try {
      decoder.decode(bytes, { stream: bytes !== undefined });
      return true;
    } catch {
      return false;
    }
  };
  for await (const bytes of unpackedBytes(path)) if (!isValid(bytes)) return 'latin-1';
  return isValid() ? 'utf-8' : 'latin-1';
}

/**
 * The text of a file, chunk by chunk, without its byte order mark.
 *
 * @param path as in unpackedBytes
 * @param encoding as detected or as the caller knows it; bytes that are not UTF-8 in a file said to be become U+FFFD
 * @throws UnreadableFile as unpackedBytes does
 */
export async function* textOf(path: string, encoding: Encoding): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8');
  for await (const bytes of unpackedBytes(path)) {
    // Node's own Latin-1: TextDecoder's label 'latin1' means windows-1252, and Node 20 does not keep to that either.
    yield encoding === 'latin-1' ? bytes.toString('latin1') : decoder.decode(bytes, { stream: true });
  }
  if (encoding === 'utf-8') yield decoder.decode();
}
