import type { StoredRecord } from '../topics/topic-record.js';

/** How a run of records is gone through. */
export interface Course {
  /**
   * Handles records; resolving means that all of them are done and the cursor may move past them.
   * @param attempt of the first of them, from 1
   * @throws RecordFailed when one of them is known to be at fault, the handler's error when any may be, anything else to give up
   */
  readonly handle: (records: readonly StoredRecord[], attempt: number) => Promise<void>;
  /** How many are handed to `handle` at once. */
  readonly stride: number;
  /** Whether to hand over nothing more. */
  readonly stops: () => boolean;
  /** Whether an error is no fault of the records: the whole run ends with it. */
  readonly endsWith: (error: unknown) => boolean;
  /** How often one record is tried. */
  readonly attempts: number;
  /** Makes a failed attempt known, and waits before the next. @param failed how many have failed */
  readonly pause: (record: StoredRecord, failed: number, error: unknown) => Promise<void>;
  /** Deals with a record that was tried in vain. @returns true when the next one may come, false when it stands in the way */
  readonly giveUp: (record: StoredRecord, error: unknown) => Promise<boolean>;
}

/** One of several records is at fault; those before it would have been done. */
export class RecordFailed extends Error {
  /** @param place among the records that were handed over, from 0 */
  constructor(
    readonly place: number,
    cause: unknown,
  ) {
    super('a record could not be handled', { cause });
  }
}

/**
 * Goes through records in order. When several at once fail and nobody knows which is at fault, they are halved until one
 * stands alone; those before it are done by themselves, so a poisonous record holds up nothing that comes before it.
 * @returns how many are dealt with: all, or those before one that stands in the way, or before the stop
 * @throws what `endsWith` says yes to
 */
export async function handleInOrder(records: readonly StoredRecord[], course: Course): Promise<number> {
  let done = 0;
  let size = course.stride;
  let failed = 0;
  while (done < records.length && !course.stops()) {
    const some = records.slice(done, done + size);
    const [first] = some;
    try {
      await course.handle(some, failed + 1);
    } catch (error) {
      if (first === undefined || course.endsWith(error)) throw error;
      const place = error instanceof RecordFailed ? error.place : some.length > 1 ? undefined : 0;
      if (place !== 0) {
        size = place ?? Math.ceil(some.length / 2);
        continue;
      }
      failed += 1;
      size = 1;
      const reason = error instanceof RecordFailed ? error.cause : error;
      if (failed < course.attempts) {
        await course.pause(first, failed, reason);
        continue;
      }
      if (!(await course.giveUp(first, reason))) return done;
      done += 1;
      failed = 0;
      size = course.stride;
      continue;
    }
    done += some.length;
    failed = 0;
    // After a half that went well, the culprit is in the next: a smaller step finds it; then all goes on as before.
    size = size < course.stride ? Math.min(course.stride, size * 2) : course.stride;
  }
  return done;
}
