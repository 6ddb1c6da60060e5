import type { EventStore } from '@annals/event-store';
import type { Checkpoint } from '@annals/log';
import type { AnnalsError } from '@annals/message';
import { hasCode } from '@annals/message';
import { backoffMs } from '@annals/message';
import { applyBatch } from './apply-batch.js';
import { gatherBatches } from './gather-batches.js';
import { keepOwnership } from './keep-ownership.js';
import type { ProjectionDefinition } from './projection-definition.js';
import type { Ownership, ProjectionStorage, StoredProjection } from './projection-storage.js';
import type { ResolvedProjectionsOptions } from './projections-options.js';

/** What a process does with a projection; see the drawing at `ProjectionRunner`. */
export type ProjectionState = 'stopped' | 'standby' | 'running' | 'retrying' | 'failed';

/**
 * Runs one projection in this process, as long as no other process does.
 *
 *                 ┌───────────lost: taken over, or no answer in time──────────┐
 *                 ▼                                                           │
 *   stopped ──► standby ──acquired──► running ──a handler throws──► retrying ─┤
 *      ▲ start()  ▲                     ▲  ◄──────handled──────────────┘      │
 *      │          │                                                  attempts spent
 *    stop()       └──────────────start()────────────── failed ◄───────────────┘
 *   from any                                 (another process may take over)
 */
export class ProjectionRunner {
  private current: ProjectionState = 'stopped';
  private error: unknown;
  private done: Checkpoint | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopping = new AbortController();
  private readonly watchers = new Set<() => void>();

  constructor(
    readonly definition: ProjectionDefinition,
    private readonly store: EventStore,
    private readonly storage: ProjectionStorage,
    private readonly options: ResolvedProjectionsOptions,
  ) {}

  get state(): ProjectionState {
    return this.current;
  }

  /** What went wrong last, until something goes well. */
  get lastError(): unknown {
    return this.error;
  }

  /** What this process has done as the owner; undefined unless it is. */
  get checkpoint(): Checkpoint | undefined {
    return this.done;
  }

  /** What is stored about the projection. */
  describe(): Promise<StoredProjection> {
    return this.storage.describe(this.definition.key);
  }

  /** Starts, or starts again after a failure. Does nothing while it runs. */
  start(): void {
    if (this.current !== 'stopped' && this.current !== 'failed') return;
    this.stopping = new AbortController();
    const { signal } = this.stopping;
    this.enter('standby');
    this.running = this.running.then(() => this.run(signal));
  }

  /** Ends after the transaction in hand; resolves when nothing runs any more. May come twice, or without a start. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
    if (this.stopping.signal.aborted) this.enter('stopped');
  }

  /** Calls `watch` after each transaction and each change of state, until the returned function is called. */
  onChange(watch: () => void): () => void {
    this.watchers.add(watch);
    return () => void this.watchers.delete(watch);
  }

  private async run(signal: AbortSignal): Promise<void> {
    const { options, storage, definition } = this;
    let misses = 0;
    while (!signal.aborted && this.current !== 'failed') {
      try {
        const since = options.now();
        const ownership = await storage.acquire(definition.key, options.holder, options.leaseMs);
        misses = 0;
        if (ownership) await this.own(ownership, since, signal);
        else await options.delay(options.standbyMs, signal);
      } catch (error) {
        this.error = error;
        await this.pause(++misses, signal);
      }
    }
  }

  /** Runs the projection as its owner until that ends: lost, stopped or failed. */
  private async own(ownership: Ownership, since: number, stop: AbortSignal): Promise<void> {
    const ended = new AbortController();
    const signal = AbortSignal.any([stop, ended.signal]);
    const isOver = (): boolean => signal.aborted || this.current === 'failed';
    const kept = keepOwnership(this.storage, ownership, this.options, since, signal).then(() => ended.abort());
    try {
      for (let misses = 0; !isOver();) {
        try {
          await this.follow(ownership, signal, () => void (misses = 0));
        } catch (error) {
          if (isOver() || hasCode(error, 'CQRS_PROJECTION_SUPERSEDED')) return;
          misses += 1;
          // Such as an event that cannot be decoded: only what may pass by itself is waited for without end.
          const spent = misses >= this.options.attempts && !this.mayPass(error);
          const hopeless = spent || hasCode(error, 'CQRS_PROJECTION_STUCK');
          this.failed(hopeless ? 'failed' : 'retrying', error);
          if (!hopeless) await this.pause(misses, signal);
        }
      }
    } finally {
      ended.abort();
      await kept;
      this.done = undefined;
      if (this.current !== 'failed') this.enter('standby');
      // Should it not arrive, the lease runs out by itself.
      await this.storage.release(ownership).catch(() => undefined);
    }
  }

  private async follow(ownership: Ownership, signal: AbortSignal, onAdvance: () => void): Promise<void> {
    const { batchSize, pollMs } = this.options;
    const { types } = this.definition;
    const partitions = (await this.store.head()).length;
    let cursor = await this.storage.seize(ownership, partitions);
    if (this.mayPass(this.error)) this.error = undefined;
    this.reached(cursor);
    const tail = this.store.tail(cursor, { types, batchSize, pollMs, signal });
    for await (const batch of gatherBatches(tail, batchSize)) {
      const applied = await applyBatch(batch, cursor, {
        definition: this.definition,
        storage: this.storage,
        options: this.options,
        ownership,
        signal,
        onAdvance: (checkpoint) => {
          onAdvance();
          this.advanced(checkpoint);
        },
        onFailure: (error) => {
          this.failed('retrying', error);
        },
      });
      if (!applied.applied) {
        this.failed('failed', applied.error);
        return;
      }
      cursor = batch.checkpoint;
    }
  }

  private advanced(checkpoint: Checkpoint): void {
    this.error = undefined;
    this.reached(checkpoint);
  }

  private reached(checkpoint: Checkpoint): void {
    this.done = checkpoint;
    // After any other error than of the connection only an advance tells that it is over.
    this.enter(this.error === undefined ? 'running' : 'retrying');
  }

  private mayPass(error: unknown): boolean {
    return this.storage.isUnavailable(error) || (error as Partial<AnnalsError> | undefined)?.retryable === true;
  }

  private failed(state: 'retrying' | 'failed', error: unknown): void {
    this.error = error;
    this.enter(state);
  }

  private pause(misses: number, signal: AbortSignal): Promise<void> {
    const { retryBaseMs, retryMaxMs, random, delay } = this.options;
    return delay(backoffMs(misses, { baseMs: retryBaseMs, maxMs: retryMaxMs }, random), signal);
  }

  private enter(state: ProjectionState): void {
    this.current = state;
    for (const watch of [...this.watchers]) watch();
  }
}
