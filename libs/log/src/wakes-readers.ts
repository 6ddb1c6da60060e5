/**
 * Tells readers that a log has grown. A hint, never a promise: whoever waits must also poll (`pollMs`).
 */
export abstract class WakesReaders {
  /** Calls `wake` soon after records became visible, from whichever process; several appends may share one call. Returns how to stop. */
  abstract onAppend(wake: () => void): () => void;
}
