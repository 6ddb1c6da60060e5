import { statements } from '@annals/postgres';
import type { Database, WakeUps } from '@annals/postgres';
import { ReplyStore } from '../../queues/reply-store.js';
import type { Reply } from '../../queues/reply-store.js';

/** Replies in Postgres. */
export class PostgresReplyStore extends ReplyStore {
  readonly #sql;

  constructor(
    private readonly database: Database,
    schema: string,
    private readonly wakeUps: WakeUps,
  ) {
    super();
    this.#sql = statements(import.meta.url, schema, ['send-reply', 'take-replies']);
  }

  override async send({ inbox, envelope, body }: Reply): Promise<void> {
    await this.database.query(this.#sql['send-reply'], [inbox, envelope, body]);
    this.wakeUps.announce(subjectOf(inbox));
  }

  override async take(inbox: string): Promise<readonly Reply[]> {
    const rows = await this.database.query<readonly [string, string]>(this.#sql['take-replies'], [inbox]);
    return rows.map(([envelope, body]) => ({ inbox, envelope, body }));
  }

  override onReply(inbox: string, wake: () => void): () => void {
    return this.wakeUps.onWake(wake, subjectOf(inbox));
  }
}

const subjectOf = (inbox: string): string => `reply-${inbox.slice(0, 24)}`;
