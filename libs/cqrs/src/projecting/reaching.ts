import type { EventStore } from '@annals/event-store';
import { covers } from '@annals/log';
import type { Checkpoint } from '@annals/log';
import { nextChange } from './next-change.js';
import { diagnose } from './projection-diagnosis.js';
import { ProjectionNotReached } from './projection-not-reached.js';
import type { ProjectionRunner } from './projection-runner.js';
import type { ProjectionStorage } from './projection-storage.js';
import type { ResolvedProjectionsOptions } from './projections-options.js';
import { ProjectionSetAside } from './projection-set-aside.js';

/** A projection in another process is a few milliseconds behind as a rule. */
const FIRST_LOOK_MS = 4;

/** How long `reached` waits. */
export interface ReachedOptions {
  /** Milliseconds. @default 5000 */
  readonly timeoutMs?: number;
  /** Milliseconds between looks while another process runs the projection, at the most; the first come sooner. @default 50 */
  readonly pollMs?: number;
}

/** Waits for projections to get somewhere. */
export class Reaching {
  constructor(
    private readonly store: EventStore,
    private readonly storage: ProjectionStorage,
    private readonly options: Pick<ResolvedProjectionsOptions, 'now' | 'delay'>,
  ) {}

  /**
   * @throws ProjectionNotReached (`CQRS_PROJECTION_NOT_REACHED`) after `timeoutMs`, saying what is missing and why;
   *   ProjectionSetAside (`CQRS_PROJECTION_SET_ASIDE`) when it has passed the event without handling it
   */
  async wait(runner: ProjectionRunner, wanted: Checkpoint, options: ReachedOptions = {}): Promise<void> {
    const { timeoutMs = 5_000, pollMs = 50 } = options;
    const { now, delay } = this.options;
    const deadline = now() + timeoutMs;
    for (let lookMs = FIRST_LOOK_MS; ; lookMs = Math.min(pollMs, lookMs * 2)) {
      const change = nextChange(runner, delay);
      try {
        const done = await runner.whereItIs();
        if (covers(done, wanted)) break;
        const left = deadline - now();
        if (left <= 0) throw await this.notReached(runner, wanted, done, timeoutMs);
        await change.orAfter(runner.checkpoint ? left : Math.min(left, lookMs));
      } finally {
        change.forget();
      }
    }
    if (runner.definition.declared.onFailure !== 'stop') await this.refuseSetAside(runner, wanted);
  }

  /** What was set aside is behind the cursor, but not in the read model. */
  private async refuseSetAside({ definition }: ProjectionRunner, wanted: Checkpoint): Promise<void> {
    const { parked } = await this.storage.describe(definition.key);
    for (const [partition, offset] of wanted.entries()) {
      if (offset === 0 || parked[partition] === undefined) continue;
      const after = wanted.map((_, at) => (at === partition ? offset - 1 : 0));
      for await (const { stream } of this.store.readAll(after, {
        partitions: [partition],
        limit: 1,
        allTenants: true,
      })) {
        const found = await this.storage.parkedBefore(definition.key, { partition, offset, stream });
        if (found) throw new ProjectionSetAside(definition.title, stream, found.key, found.failure);
      }
    }
  }

  private async notReached(
    runner: ProjectionRunner,
    wanted: Checkpoint,
    done: Checkpoint,
    timeoutMs: number,
  ): Promise<ProjectionNotReached> {
    const missing: Record<number, number> = {};
    for (const [partition, offset] of wanted.entries()) {
      const left = offset - (done[partition] ?? 0);
      if (left > 0) missing[partition] = left;
    }
    const { key, title } = runner.definition;
    const [stored, running] = await Promise.all([runner.describe(), this.storage.running(key)]);
    const { reasons } = diagnose({ runner, stored, running, inHand: undefined });
    const why = reasons.length === 0 ? '' : `, and ${reasons.join('; ')}`;
    return new ProjectionNotReached(title, timeoutMs, missing, `it is ${runner.state} in this process${why}`);
  }
}
