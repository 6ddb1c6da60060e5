import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

/** Where ids take time and chance from. */
export interface IdSourceOptions {
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
  /** 16 random bytes. @default from node:crypto */
  readonly random?: () => Uint8Array;
}

/**
 * Makes a source of UUIDs v7, each greater as text than the one before it, also within a millisecond and when the
 * clock goes back (RFC 9562 §6.2, method 1: a counter that starts at random in each millisecond).
 * @returns a function that gives the next id
 */
export function idSource(options: IdSourceOptions = {}): () => string {
  const { now = Date.now, random = pooledRandom() } = options;
  let msecs = -1;
  let seq = 0;
  return () => {
    const bytes = random();
    const time = now();
    if (time > msecs) {
      msecs = time;
      seq = firstSeq(bytes);
    } else if (seq === 0xffffffff) {
      // The counter is used up: borrow the next millisecond rather than go back.
      msecs += 1;
      seq = 0;
    } else {
      seq += 1;
    }
    return v7({ msecs, seq, random: bytes });
  };
}

/** A new UUID v7, greater as text than all this process made before. */
export const newId: () => string = idSource();

/** The first counter of a millisecond: 31 random bits, so that 2^31 more follow at least. */
const firstSeq = (random: Uint8Array): number =>
  (((random[6] ?? 0) & 0x7f) << 24) | ((random[7] ?? 0) << 16) | ((random[8] ?? 0) << 8) | (random[9] ?? 0);

/** One call of the operating system's source for 256 ids: by itself it costs more than all the rest of an id. */
function pooledRandom(): () => Uint8Array {
  const pool = new Uint8Array(256 * 16);
  let used = pool.length;
  return () => {
    if (used === pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    used += 16;
    return pool.subarray(used - 16, used);
  };
}
