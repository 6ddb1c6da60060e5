/** A reply on its way. */
export interface Reply {
  readonly inbox: string;
  readonly envelope: string;
  readonly body: string;
}

/** Where replies wait for those who asked, for a moment. */
export abstract class ReplyStore {
  /** Sends a reply; when nobody waits for it, it is gone. */
  abstract send(reply: Reply): Promise<void>;

  /** Takes all replies to an inbox. */
  abstract take(inbox: string): Promise<readonly Reply[]>;

  /** Calls `wake` soon after a reply came. A hint. Returns how to stop. */
  abstract onReply(inbox: string, wake: () => void): () => void;
}
