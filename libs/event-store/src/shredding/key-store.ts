/** The key of one data subject. */
export interface DataKey {
  /** Names it in what is encrypted with it; never given to another key. */
  readonly id: string;
  /** 32 of them: AES-256. */
  readonly bytes: Uint8Array;
}

/**
 * Where the keys of data subjects are kept: in Postgres by default, or in a key management service by a class of the
 * application's own. Erasing a key is what forgets a person, so an implementation must not keep a copy.
 */
export abstract class KeyStore {
  /**
   * The keys to encrypt with, by subject; made where there is none. Two callers get the same key. After `erase` a subject
   * gets a new one.
   */
  abstract current(subjects: readonly string[]): Promise<ReadonlyMap<string, DataKey>>;

  /** The keys that are still there, by id. Rejects when the store cannot be asked: a key is not missing because of that. */
  abstract find(ids: readonly string[]): Promise<ReadonlyMap<string, DataKey>>;

  /** Erases all keys of a subject for good. Erasing what is not there is no fault. */
  abstract erase(subject: string): Promise<void>;
}
