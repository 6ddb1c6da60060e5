/** A stream that has, or is about to have, personal data of a subject. Streams by their keys. */
export interface SubjectStream {
  readonly subject: string;
  readonly stream: string;
}

/** Which streams hold whose personal data, and which subjects have been shredded. */
export abstract class SubjectRegistry {
  /** Notes streams, durably, before anything is appended to them. */
  abstract enter(entries: readonly SubjectStream[]): Promise<void>;

  /** The streams that have been entered for a subject. */
  abstract streamsOf(subject: string): Promise<readonly string[]>;

  /** Notes, durably, that a subject is to be shredded. */
  abstract begin(subject: string): Promise<void>;

  /** Subjects whose shredding has begun and not been finished. */
  abstract unfinished(): Promise<readonly string[]>;

  /**
   * In one transaction: removes all snapshots of the subject's streams, appends a record of `$shredded` to each of them
   * that is open, so that whoever holds a state of it must read it again, and notes that the shredding is done.
   */
  abstract finish(subject: string): Promise<void>;

  /** When a subject was last shredded; undefined: never. */
  abstract shreddedAt(subject: string): Promise<Date | undefined>;
}
