import { setTimeout as sleep } from 'node:timers/promises';
import type { Database, Statement } from '@annals/postgres';
import { NotEnoughReplicas } from '../../topics/not-enough-replicas.js';
import { NotEnoughReplicasAfterAppend } from '../../topics/not-enough-replicas-after-append.js';
import { Replication } from '../../topics/replication.js';
import type { Topic } from '../../topics/topic.js';

/** Milliseconds between looks while somebody waits for standbys. */
const LOOK_EVERY_MS = 2;

/** How far the disks of the primary and of its standbys are. */
interface Positions {
  readonly primary: number;
  readonly standbys: readonly number[];
}

/**
 * Waits for standbys outside of any transaction: Postgres's own synchronous commit neither fails when standbys are missing
 * nor lets its wait be bounded, and a COMMIT that is cancelled while it waits is answered as if nothing were amiss.
 */
export class StandbyWatch extends Replication {
  #looking: Promise<Positions> | undefined;

  constructor(
    private readonly database: Database,
    private readonly positions: Statement,
  ) {
    super();
  }

  override async ensureEnough({ name, config: { minInsyncReplicas } }: Topic): Promise<void> {
    if (minInsyncReplicas === 1) return;
    const { standbys } = await this.#look();
    if (standbys.length + 1 < minInsyncReplicas) {
      throw new NotEnoughReplicas(name, standbys.length + 1, minInsyncReplicas);
    }
  }

  override async awaitEnough({ name, config: { minInsyncReplicas } }: Topic, timeoutMs: number): Promise<void> {
    if (minInsyncReplicas === 1) return;
    const late = performance.now() + timeoutMs;
    // A look that was under way may have been before the append.
    await this.#looking;
    const first = await this.#look();
    for (let seen = first; ; seen = await this.#look()) {
      const copies = 1 + seen.standbys.filter((flushed) => flushed >= first.primary).length;
      if (copies >= minInsyncReplicas) return;
      if (performance.now() >= late) throw new NotEnoughReplicasAfterAppend(name, minInsyncReplicas, timeoutMs);
      await sleep(LOOK_EVERY_MS);
    }
  }

  /** All who wait share one look. */
  #look(): Promise<Positions> {
    this.#looking ??= this.#read().finally(() => (this.#looking = undefined));
    return this.#looking;
  }

  async #read(): Promise<Positions> {
    const [row] = await this.database.query<readonly [primary: number, standbys: number[]]>(this.positions);
    return { primary: row?.[0] ?? 0, standbys: row?.[1] ?? [] };
  }
}
