import { ReplyStore } from '../../queues/reply-store.js';
import type { Reply } from '../../queues/reply-store.js';

/** Replies in memory: kept only for who waits. */
export class InMemoryReplyStore extends ReplyStore {
  readonly #waiting = new Map<string, { readonly replies: Reply[]; readonly wake: () => void }>();

  override async send(reply: Reply): Promise<void> {
    const waiting = this.#waiting.get(reply.inbox);
    waiting?.replies.push(reply);
    waiting?.wake();
  }

  override async take(inbox: string): Promise<readonly Reply[]> {
    return this.#waiting.get(inbox)?.replies.splice(0) ?? [];
  }

  override onReply(inbox: string, wake: () => void): () => void {
    this.#waiting.set(inbox, { replies: [], wake });
    return () => void this.#waiting.delete(inbox);
  }
}
