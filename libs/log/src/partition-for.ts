import { murmur2 } from './murmur2.js';

/** Keys are hashed many times a second: short ones are written into this, without a buffer of their own. */
const scratch = Buffer.alloc(1024);

/**
 * The partition of a key by Kafka's rule for keyed records (BuiltInPartitioner.partitionForKey): the lower 31 bits of
 * murmur2 of the key, modulo the number of partitions.
 * @param key bytes, or a text that is hashed as UTF-8
 * @param partitions how many there are, 1 at least
 * @returns from 0 to `partitions - 1`
 * @throws RangeError when `partitions` is not a whole number from 1 on
 */
export function partitionFor(key: string | Uint8Array, partitions: number): number {
  if (!Number.isInteger(partitions) || partitions < 1)
    throw new RangeError(`${partitions} is no number of partitions: give 1 or more`);
  const hash = typeof key === 'string' ? murmur2OfText(key) : murmur2(key);
  return (hash & 0x7fffffff) % partitions;
}

function murmur2OfText(text: string): number {
  // Three bytes of UTF-8 for each character at the most.
  if (text.length * 3 > scratch.length) return murmur2(Buffer.from(text));
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    // Writing ASCII here is faster than a call into the runtime, for names as short as these.
    if (code > 0x7f) return murmur2(scratch, scratch.write(text));
    scratch[at] = code;
  }
  return murmur2(scratch, text.length);
}
