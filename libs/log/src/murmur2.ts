const SEED = 0x9747b28c;
const M = 0x5bd1e995;

/**
 * MurmurHash2, 32 bits, little-endian, as Kafka's clients compute it
 * (org.apache.kafka.common.utils.Utils#murmur2, seed 0x9747b28c).
 * @param bytes what to hash
 * @param length how many of the bytes count. @default all
 * @returns a signed 32-bit integer, as in Java
 */
export function murmur2(bytes: Uint8Array, length: number = bytes.length): number {
  let hash = SEED ^ length;
  const whole = length & ~3;
  for (let at = 0; at < whole; at += 4) {
    let four = byte(bytes, at) | (byte(bytes, at + 1) << 8) | (byte(bytes, at + 2) << 16) | (byte(bytes, at + 3) << 24);
    four = Math.imul(four, M);
    four = Math.imul(four ^ (four >>> 24), M);
    hash = Math.imul(hash, M) ^ four;
  }
  const left = length - whole;
  if (left === 3) hash ^= byte(bytes, whole + 2) << 16;
  if (left >= 2) hash ^= byte(bytes, whole + 1) << 8;
  if (left >= 1) hash = Math.imul(hash ^ byte(bytes, whole), M);
  hash = Math.imul(hash ^ (hash >>> 13), M);
  return hash ^ (hash >>> 15);
}

const byte = (bytes: Uint8Array, at: number): number => bytes[at] ?? 0;
