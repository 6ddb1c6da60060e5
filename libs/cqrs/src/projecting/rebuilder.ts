import type { EventStore, RecordedEvent } from '@annals/event-store';
import type { Checkpoint } from '@annals/log';
import { hasCode, messageOf } from '@annals/message';
import type { EntityManager } from 'typeorm';
import { nextChange } from './next-change.js';
import type { ProjectionDefinition } from './projection-definition.js';
import { ProjectionRunner } from './projection-runner.js';
import type { ResolvedProjectionsOptions } from './projections-options.js';
import { RateMeter } from './rate-meter.js';
import type { Beside, Finish, RebuildStorage, StoredRebuild } from './rebuild-storage.js';
import type { Surroundings } from './surroundings.js';

const AT_AN_EVENT = ['CQRS_PROJECTION_FAILED', 'CQRS_REBUILD_WROTE_LIVE'] as const;

/** What a rebuild works with. */
export interface RebuilderParts {
  readonly definition: ProjectionDefinition;
  readonly store: EventStore;
  readonly storage: RebuildStorage;
  readonly options: ResolvedProjectionsOptions;
  /** What handlers are called with, for a storage that writes to the tables that are filled. */
  readonly surroundings: (beside: Beside) => Surroundings;
}

/**
 * Fills tables beside those there are, from the first event on, until they are as far, and has them take their place.
 * Several processes share the lanes; whoever is there when one is killed goes on.
 */
export class Rebuilder {
  readonly rate: RateMeter;

  constructor(private readonly parts: RebuilderParts) {
    this.rate = new RateMeter(parts.options.now);
  }

  /** Works on a rebuild until it has ended or the signal aborts. */
  async run(rebuild: StoredRebuild, signal: AbortSignal): Promise<void> {
    const beside = await this.parts.storage.open(this.parts.definition, rebuild);
    try {
      while (!signal.aborted && (await this.isUnderWay())) {
        const filled = await this.fill(beside, signal);
        if (filled !== 'near') return;
        const finish = await this.finish(beside);
        if (finish === 'ended') return;
        if (finish === 'wait') await this.parts.options.delay(this.parts.options.standbyMs, signal);
      }
    } finally {
      await beside.close();
    }
  }

  /** @returns whether so little is left that it can be finished, or it is over here */
  private async fill(beside: Beside, signal: AbortSignal): Promise<'near' | 'over'> {
    const { definition, store, storage, options } = this.parts;
    const around = this.parts.surroundings(beside);
    let moved = false;
    const runner = new ProjectionRunner({
      ...{ definition, key: beside.key, store, storage: beside.storage, options },
      surroundings: () => around,
      onAdvance: (events) => {
        moved = true;
        this.rate.add(events);
      },
    });
    runner.start();
    try {
      while (!signal.aborted) {
        if (runner.state === 'failed') {
          await storage.end(definition.key.name, 'failed', messageOf(runner.lastError));
          return 'over';
        }
        if (await this.isNear(runner, moved)) return 'near';
        if (runner.state !== 'running' && !(await this.isUnderWay())) return 'over';
        await nextChange(runner, options.delay).orAfter(options.standbyMs, signal);
      }
      return 'over';
    } finally {
      await runner.stop();
    }
  }

  /**
   * Whether so little is left that it can be done while the projection stands still. What has not moved at all may be in
   * front of an event that it cannot handle, which is to be found out here and not at the end.
   */
  private async isNear(runner: ProjectionRunner, moved: boolean): Promise<boolean> {
    const done = await runner.whereItIs();
    if (done.length === 0) return false;
    const head = await this.parts.store.head();
    const left = head.reduce((sum, offset, partition) => sum + Math.max(0, offset - (done[partition] ?? 0)), 0);
    return left === 0 || (moved && left <= this.parts.options.batchSize);
  }

  private async finish(beside: Beside): Promise<Finish> {
    const { definition } = this.parts;
    const around = this.parts.surroundings(beside);
    const finishing = beside.finish(
      (from, to, manager) => this.catchUp(from, to, manager, around, definition),
      () => this.parts.store.head(),
    );
    return finishing.catch((error: unknown) => {
      // The lanes will meet it again, and say how often.
      if (AT_AN_EVENT.some((code) => hasCode(error, code))) return 'fill-on';
      throw error;
    });
  }

  private async catchUp(
    from: Checkpoint,
    to: Checkpoint,
    manager: EntityManager,
    around: Surroundings,
    definition: ProjectionDefinition,
  ): Promise<void> {
    const isMeant = ({ partition, offset }: RecordedEvent): boolean => offset < (to[partition] ?? 0);
    for await (const { events, checkpoint } of this.parts.store.readBatches(from, {
      types: definition.types,
      allTenants: true,
    })) {
      const meant = events.filter(isMeant);
      if (meant.length > 0) await definition.inTransaction(meant, around)(manager);
      if (to.every((offset, partition) => (checkpoint[partition] ?? 0) >= offset)) return;
    }
  }

  private async isUnderWay(): Promise<boolean> {
    const [rebuild] = await this.parts.storage.list([this.parts.definition.key.name]);
    return rebuild?.state === 'filling';
  }
}
