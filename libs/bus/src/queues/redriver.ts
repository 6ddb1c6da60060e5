import type { Router } from '../routing/router.js';
import { publicationOf } from './publication-of.js';
import { readEnvelope } from './envelope.js';
import type { EncodedMessage } from './encode-message.js';
import type { Queue } from './queue.js';
import type { StoredMessage } from './queue-message.js';
import type { QueueStore, Settlement } from './queue-store.js';

/** Which dead letters are sent back. */
export interface RedriveOptions {
  /** How many at the most are looked at. @default 1000 */
  readonly most?: number;
  /** Only the one of this id. */
  readonly messageId?: string;
}

/** Sends dead letters back to the queues in which they died. */
export class Redriver {
  constructor(
    private readonly store: QueueStore,
    private readonly router: Router,
  ) {}

  /** @returns how many were sent */
  async redrive(session: string, queue: Queue, { most = 1_000, messageId }: RedriveOptions): Promise<number> {
    const claimant = { session, consumer: 0, queue, settled: false };
    const { messages } = await this.store.step(claimant, [], most);
    const rest: StoredMessage[] = [];
    let sent = 0;
    try {
      for (const stored of messages) {
        const isMeant = messageId === undefined || readEnvelope(stored.envelope).i === messageId;
        if (isMeant && (await this.#sendBack(session, stored))) sent += 1;
        else rest.push(stored);
      }
    } finally {
      // As if nobody had had them.
      const back = rest.map(({ lane, seq, first, attempt }): Settlement => {
        return { lane, seq, first, back: { attempts: attempt - 1, delayMs: 0 } };
      });
      if (back.length > 0) await this.store.step(claimant, back, 0);
    }
    return sent;
  }

  async #sendBack(session: string, stored: StoredMessage): Promise<boolean> {
    const { lane, seq, first } = stored;
    const sequence = this.store.nextSequence();
    const before = asBefore(stored);
    return this.router.upToDate(async (version) => {
      const home = before && this.router.topology.queues.get(before.queue);
      if (before === undefined || home === undefined) return false;
      const routed = [{ message: before.message, queues: [home], sequence }];
      const outcome = await this.store.move(session, [{ lane, seq, first }], routed, version);
      return outcome === 'stale' ? 'stale' : outcome === 'moved';
    });
  }
}

/** The message as it was before it died last, with its history. */
function asBefore({ envelope, body }: StoredMessage): { queue: string; message: EncodedMessage } | undefined {
  const letter = readEnvelope(envelope);
  const [death] = letter.d ?? [];
  if (death === undefined) return undefined;
  const before = { ...letter, x: death.exchange, k: death.routingKeys[0] ?? letter.k };
  return { queue: death.queue, message: publicationOf(before, body).message };
}
