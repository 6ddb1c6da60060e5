import { setTimeout as sleep } from 'node:timers/promises';
import { removeUnused } from '../routing/declarations.js';
import type { Router } from '../routing/router.js';
import type { DeadLetters } from './dead-letters.js';
import type { DelayedMessage } from './delay-store.js';
import { readEnvelope } from './envelope.js';
import type { DeathReason } from './envelope.js';
import { publicationOf } from './publication-of.js';
import type { Queue } from './queue.js';
import { isTrimmed } from './queue-room.js';
import type { QueueEngine } from './queue-engine.js';
import type { StoredMessage } from './queue-message.js';
import type { QueueSession } from './queue-session.js';
import type { Routed } from './queue-store.js';

/** So many messages are seen to at once. */
const AT_ONCE = 200;

/** Sees to what neither publishers nor consumers do: what expired, is due, or belonged to a dead process. Every process does. */
export class QueueUpkeep {
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;
  #sinceReclaim = 0;
  #reclaiming: Promise<void> | undefined;

  constructor(
    private readonly engine: QueueEngine,
    private readonly router: Router,
    private readonly session: QueueSession,
    private readonly deadLetters: () => DeadLetters,
    private readonly sweepMs: number,
    private readonly onError: (error: unknown, where: string) => void,
  ) {}

  /** Begins to look again and again. May be called twice. */
  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    await this.#reclaiming;
  }

  /** Looks once. */
  async sweep(): Promise<void> {
    const { expired, unused, due } = await this.engine.messages.sweep();
    if (due) await this.#promote();
    for (const name of unused) await this.removeUnused(name);
    for (const name of expired) await this.#expire(name);
  }

  /** Makes what is beyond the length of a queue dead letters. */
  async trim(queue: Queue): Promise<void> {
    if (!isTrimmed(queue)) return;
    const session = await this.session.id();
    await this.#buryAll(queue, 'maxlen', () => this.engine.messages.takeOverflow(session, queue, AT_ONCE));
  }

  /** Removes a queue that nobody uses, unless somebody does by now. */
  async removeUnused(name: string): Promise<void> {
    await this.engine.topology.changeTopology((rows) => removeUnused(rows, name));
  }

  /** Has room let go of, now and then, in proportion to what was stored. @param bytes that were stored since the last call */
  stored(bytes: number): void {
    this.#sinceReclaim += bytes;
    if (this.#sinceReclaim < RECLAIM_BYTES || this.#reclaiming !== undefined) return;
    this.#sinceReclaim = 0;
    this.#reclaiming = this.reclaim().finally(() => (this.#reclaiming = undefined));
  }

  async reclaim(): Promise<void> {
    await this.engine.messages.reclaim().catch((error: unknown) => this.onError(error, 'queues, reclaiming'));
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await this.sweep().catch((error: unknown) => this.onError(error, 'queues, sweeping'));
      await sleep(this.sweepMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  async #expire(name: string): Promise<void> {
    const queue = await this.router.findQueue(name);
    if (queue === undefined) return;
    const session = await this.session.id();
    await this.#buryAll(queue, 'expired', () => this.engine.messages.takeExpired(session, queue, AT_ONCE));
  }

  async #buryAll(queue: Queue, reason: DeathReason, take: () => Promise<readonly StoredMessage[]>): Promise<void> {
    const session = await this.session.id();
    for (let taken = await take(); taken.length > 0; taken = await take()) {
      // One that somebody else has by now must not hold up the others.
      if (await this.deadLetters().bury(session, queue, taken, reason)) continue;
      for (const stored of taken) await this.deadLetters().bury(session, queue, [stored], reason);
    }
  }

  async #promote(): Promise<void> {
    const routed = ({ envelope, body }: DelayedMessage): Routed[] => {
      const { message, input } = publicationOf(readEnvelope(envelope), body, envelope);
      const queues = this.router.route(input);
      return queues.length === 0 ? [] : [{ message, queues, sequence: this.engine.messages.nextSequence() }];
    };
    const promote = (version: number): Promise<number | 'stale'> =>
      this.engine.delays.promote(AT_ONCE, (due) => due.flatMap(routed), version);
    let promoted = AT_ONCE;
    while (promoted === AT_ONCE) promoted = await this.router.upToDate(promote);
  }
}

/** After so many bytes it is worth a look. */
const RECLAIM_BYTES = 8 * 1024 * 1024;
