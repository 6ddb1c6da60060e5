import type { EventBatch, EventStore } from '@annals/event-store';
import type { Checkpoint } from '@annals/log';
import type { AnnalsError } from '@annals/message';
import { backoffMs, hasCode } from '@annals/message';
import { applyBatch } from './apply-batch.js';
import type { Application } from './apply-batch.js';
import { externalTargetOf } from './external-target.js';
import { keepOwnership } from './keep-ownership.js';
import type { Lane } from './lane.js';
import { OneAhead } from './one-ahead.js';
import { ParkedKeys } from './parked-keys.js';
import { ParkedRetries } from './parked-retries.js';
import type { ProjectionDefinition } from './projection-definition.js';
import type { Ownership, ProjectionStorage, Seizure } from './projection-storage.js';
import type { ResolvedProjectionsOptions } from './projections-options.js';
import type { Surroundings } from './surroundings.js';

/** What a process does with a lane of a projection; see the drawing at `LaneRunner`. */
export type ProjectionState = 'stopped' | 'standby' | 'paused' | 'running' | 'retrying' | 'failed';

/** What a lane is run with. */
export interface LaneRunnerParts {
  readonly definition: ProjectionDefinition;
  readonly lane: Lane;
  readonly store: EventStore;
  readonly storage: ProjectionStorage;
  readonly options: ResolvedProjectionsOptions;
  readonly surroundings: (seizure: Seizure) => Surroundings;
  /** Told of each transaction. */
  readonly onAdvance?: ((events: number) => void) | undefined;
}

/**
 * Runs one lane of a projection in this process, as long as no other process does.
 *
 *                 ┌───────────lost: taken over, or no answer in time──────────┐
 *                 ▼                                                           │
 *   stopped ──► standby ──acquired──► running ──a handler throws──► retrying ─┤
 *      ▲ start()  ▲ │                   ▲  ◄──────handled──────────────┘      │
 *      │          │ └─told to─► paused                               attempts spent
 *    stop()       └──────────────start()────────────── failed ◄───────────────┘
 *   from any                                 (another process may take over)
 */
export class LaneRunner {
  private current: ProjectionState = 'stopped';
  private error: unknown;
  private done: Checkpoint | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopping = new AbortController();
  private readonly watchers = new Set<() => void>();

  /** One transaction at a time: batches, and events that were set aside. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly parts: LaneRunnerParts) {}

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

  /** Starts, or starts again after a failure. Does nothing while it runs. */
  start(): void {
    if (this.current !== 'stopped' && this.current !== 'failed') return;
    this.stopping = new AbortController();
    const { signal } = this.stopping;
    this.enter('standby');
    this.running = this.running.then(() => this.run(signal));
  }

  /** Has it not run, and say why, until it is started again. */
  fail(error: Error): void {
    if (this.current === 'stopped') this.failed('failed', error);
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
    const { options, storage, lane } = this.parts;
    let misses = 0;
    while (!signal.aborted && this.current !== 'failed') {
      try {
        const since = options.now();
        const ownership = await storage.acquire(lane, options.holder, options.leaseMs);
        misses = 0;
        if (ownership) await this.own(ownership, since, signal);
        if (!ownership || this.current === 'paused') await options.delay(options.standbyMs, signal);
      } catch (error) {
        this.error = error;
        await this.pause(++misses, signal);
      }
    }
  }

  /** Runs the lane as its owner until that ends: lost, stopped, paused or failed. */
  private async own(ownership: Ownership, since: number, stop: AbortSignal): Promise<void> {
    const { storage, options } = this.parts;
    const ended = new AbortController();
    const signal = AbortSignal.any([stop, ended.signal]);
    const isOver = (): boolean => signal.aborted || this.current === 'failed';
    const kept = keepOwnership(storage, ownership, options, since, signal).then(() => ended.abort());
    try {
      for (let misses = 0; !isOver();) {
        try {
          const paused = await this.follow(ownership, signal, () => void (misses = 0));
          if (paused) return;
        } catch (error) {
          if (isOver() || hasCode(error, 'CQRS_PROJECTION_SUPERSEDED')) return;
          misses += 1;
          // Such as an event that cannot be decoded: only what may pass by itself is waited for without end.
          const spent = misses >= options.attempts && !this.mayPass(error);
          const hopeless = spent || hasCode(error, 'CQRS_PROJECTION_STUCK');
          this.failed(hopeless ? 'failed' : 'retrying', error);
          if (!hopeless) await this.pause(misses, signal);
        }
      }
    } finally {
      ended.abort();
      await kept;
      this.done = undefined;
      if (this.current !== 'failed' && this.current !== 'paused') this.enter('standby');
      // Should it not arrive, the lease runs out by itself.
      await storage.release(ownership).catch(() => undefined);
    }
  }

  /** @returns true when the projection is to stand still */
  private async follow(ownership: Ownership, signal: AbortSignal, onAdvance: () => void): Promise<boolean> {
    const { definition, lane, store, storage, options } = this.parts;
    const { batchSize, pollMs } = options;
    const head = await store.head();
    const startAt = definition.declared.startAt === 'head' ? head : [];
    const seized = await storage.seize(ownership, head.length, startAt);
    if ('reason' in seized) {
      this.enter('paused');
      return true;
    }
    const seizure = await this.asTargetSays(seized);
    const parked = new ParkedKeys(definition.declared, options, seizure.parkedKeys);
    const around = this.parts.surroundings(seizure);
    if (this.mayPass(this.error)) this.error = undefined;
    this.reached(seizure.checkpoint);
    const ended = new AbortController();
    const over = AbortSignal.any([signal, ended.signal]);
    const share = lane.count === 1 ? {} : { partitions: seizure.partitions };
    const { types } = definition;
    const tail = store.tail(seizure.checkpoint, { types, batchSize, pollMs, signal: over, ...share });
    const retries = this.retryParked(
      new ParkedRetries({ definition, store, storage, options, seizure, around, parked }),
      parked,
      over,
    ).catch((error: unknown) => {
      ended.abort();
      return caught(error);
    });
    const batches = new OneAhead(tail);
    const application = {
      ...{ definition, storage, options, seizure, around, parked, signal },
      onAdvance: (checkpoint: Checkpoint, events: number) => {
        onAdvance();
        this.advanced(checkpoint, events);
      },
      onIdle: () => {
        batches.ask();
      },
      onFailure: (error: unknown) => {
        this.failed('retrying', error);
      },
    };
    const followed = await this.applyAll(batches, application).catch(caught);
    ended.abort();
    for (const outcome of [followed, await retries])
      if (outcome instanceof Caught && !signal.aborted) throw outcome.error;
    return false;
  }

  private async applyAll(batches: AsyncIterable<EventBatch>, application: Application): Promise<void> {
    let cursor = application.seizure.checkpoint;
    for await (const batch of batches) {
      const applied = await this.inTurn(() => applyBatch(batch, cursor, application));
      if (!applied.applied) {
        this.failed('failed', applied.error);
        return;
      }
      cursor = batch.checkpoint;
    }
  }

  /** An external target knows better where it is than its cursor here does. */
  private async asTargetSays(seized: Seizure): Promise<Seizure> {
    const target = externalTargetOf(this.parts.definition);
    if (target === undefined) return seized;
    const held = await target.checkpoint();
    const checkpoint = seized.checkpoint.map((offset, partition) =>
      seized.partitions.includes(partition) ? (held[partition] ?? 0) : offset,
    );
    await this.parts.storage.advance(seized, { from: seized.checkpoint, to: checkpoint, work: undefined });
    return { ...seized, checkpoint };
  }

  private async retryParked(retries: ParkedRetries, parked: ParkedKeys, signal: AbortSignal): Promise<void> {
    const { definition, options } = this.parts;
    if (definition.declared.onFailure === 'stop') return;
    while (!signal.aborted) {
      // A skipped event is in nobody's way, but it may be released as well.
      const look = !parked.isEmpty || definition.declared.onFailure === 'skip';
      const nextMs = look ? await this.inTurn(() => retries.run(signal)) : options.standbyMs;
      await options.delay(Math.max(1, Math.min(nextMs, options.standbyMs)), signal);
    }
  }

  private inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.turn.then(work);
    this.turn = turn.catch(() => undefined);
    return turn;
  }

  private advanced(checkpoint: Checkpoint, events: number): void {
    this.error = undefined;
    this.parts.onAdvance?.(events);
    this.reached(checkpoint);
  }

  private reached(checkpoint: Checkpoint): void {
    this.done = checkpoint;
    // After any other error than of the connection only an advance tells that it is over.
    this.enter(this.error === undefined ? 'running' : 'retrying');
  }

  private mayPass(error: unknown): boolean {
    return this.parts.storage.isUnavailable(error) || (error as Partial<AnnalsError> | undefined)?.retryable === true;
  }

  private failed(state: 'retrying' | 'failed', error: unknown): void {
    this.error = error;
    this.enter(state);
  }

  private pause(misses: number, signal: AbortSignal): Promise<void> {
    const { retryBaseMs, retryMaxMs, random, delay } = this.parts.options;
    return delay(backoffMs(misses, { baseMs: retryBaseMs, maxMs: retryMaxMs }, random), signal);
  }

  private enter(state: ProjectionState): void {
    this.current = state;
    for (const watch of [...this.watchers]) watch();
  }
}

/** What one of two tasks ended with, while the other goes on. */
class Caught {
  constructor(readonly error: unknown) {}
}

const caught = (error: unknown): Caught => new Caught(error);
