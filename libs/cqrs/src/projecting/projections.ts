import type { EventStore } from '@annals/event-store';
import { covers } from '@annals/log';
import type { Checkpoint } from '@annals/log';
import { InvalidProjection } from './invalid-projection.js';
import { ProjectionDefinition } from './projection-definition.js';
import { ProjectionNotReached } from './projection-not-reached.js';
import { ProjectionRunner } from './projection-runner.js';
import type { ProjectionStatus } from './projection-status.js';
import type { ProjectionStorage } from './projection-storage.js';
import { resolveProjectionsOptions } from './projections-options.js';
import type { ProjectionsOptions, ResolvedProjectionsOptions } from './projections-options.js';
import { UnknownProjection } from './unknown-projection.js';

/** How long `reached` waits. */
export interface ReachedOptions {
  /** Milliseconds. @default 5000 */
  readonly timeoutMs?: number;
  /** Milliseconds between looks while another process runs the projection. @default 50 */
  readonly pollMs?: number;
}

/** The projections of this process. */
export class Projections {
  private readonly runners = new Map<string, ProjectionRunner>();
  private readonly options: ResolvedProjectionsOptions;

  /**
   * @param storage undefined where nothing can be projected; then `add` throws
   * @throws RangeError naming every option at fault
   */
  constructor(
    private readonly store: EventStore,
    private readonly storage: ProjectionStorage | undefined,
    options?: ProjectionsOptions,
  ) {
    this.options = resolveProjectionsOptions(options);
  }

  /** The names of the projections, in the order they were added. */
  get names(): readonly string[] {
    return [...this.runners.keys()];
  }

  /**
   * Adds a projection; `start` runs it.
   * @param instance of a `@Projection` class
   * @throws InvalidProjection (`CQRS_INVALID_PROJECTION`) when it cannot work, or another has its name
   */
  add(instance: object): void {
    const definition = new ProjectionDefinition(instance);
    const { name } = definition.key;
    if (this.storage === undefined) {
      throw new InvalidProjection(
        `Projection ${definition.title} has no database: import EventStoreModule on Postgres, and TypeOrmModule`,
      );
    }
    if (this.runners.has(name)) throw new InvalidProjection(`Two projections have the name "${name}": rename one`);
    this.runners.set(name, new ProjectionRunner(definition, this.store, this.storage, this.options));
  }

  /**
   * Starts a projection, or all; one that had failed tries its event again. Those that run go on.
   * @throws UnknownProjection (`CQRS_UNKNOWN_PROJECTION`)
   */
  start(name?: string): void {
    for (const runner of this.chosen(name)) runner.start();
  }

  /**
   * Stops a projection, or all, in this process, after the transactions in hand; another process may take over.
   * @throws UnknownProjection (`CQRS_UNKNOWN_PROJECTION`)
   */
  async stop(name?: string): Promise<void> {
    await Promise.all(this.chosen(name).map((runner) => runner.stop()));
  }

  /**
   * How a projection is doing.
   * @throws UnknownProjection (`CQRS_UNKNOWN_PROJECTION`), and what the database throws
   */
  async status(name: string): Promise<ProjectionStatus> {
    const runner = this.runner(name);
    // The cursor first: read after the head it could be ahead of it.
    const { checkpoint: stored, failure } = await runner.describe();
    const head = await this.store.head();
    const checkpoint = head.map((_, partition) => stored[partition] ?? 0);
    const lag = head.map((offset, partition) => Math.max(0, offset - (checkpoint[partition] ?? 0)));
    const { definition, state, lastError } = runner;
    return { ...definition.key, state, checkpoint, lag, failure, lastError };
  }

  /**
   * Waits until a projection has done all that `checkpoint` names, for reading one's own writes.
   * @param checkpoint of an append, or a token of it
   * @throws ProjectionNotReached (`CQRS_PROJECTION_NOT_REACHED`) after `timeoutMs`, saying what is missing and why;
   *   UnknownProjection (`CQRS_UNKNOWN_PROJECTION`), CheckpointAhead (`STORE_CHECKPOINT_AHEAD`)
   */
  async reached(name: string, checkpoint: Checkpoint | string, options: ReachedOptions = {}): Promise<void> {
    const { timeoutMs = 5_000, pollMs = 50 } = options;
    const { now } = this.options;
    const runner = this.runner(name);
    const wanted = typeof checkpoint === 'string' ? await this.store.fromToken(checkpoint) : checkpoint;
    const deadline = now() + timeoutMs;
    for (;;) {
      const change = this.nextChange(runner);
      try {
        const done = runner.checkpoint ?? (await runner.describe()).checkpoint;
        if (covers(done, wanted)) return;
        const left = deadline - now();
        if (left <= 0) throw await this.notReached(runner, wanted, done, timeoutMs);
        await change.orAfter(runner.checkpoint ? left : Math.min(left, pollMs));
      } finally {
        change.forget();
      }
    }
  }

  /** Watches from now on, so that no change is missed between a look and the wait for the next. */
  private nextChange(runner: ProjectionRunner) {
    const ended = new AbortController();
    const forget = runner.onChange(() => ended.abort());
    return {
      forget: (): void => {
        forget();
        ended.abort();
      },
      orAfter: (ms: number) => this.options.delay(ms, ended.signal),
    };
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
    const { failure } = await runner.describe();
    const { lastError } = runner;
    const message = failure?.message ?? (lastError instanceof Error ? lastError.message : undefined);
    const why = `it is ${runner.state} in this process${message === undefined ? '' : `, and met: ${message}`}`;
    return new ProjectionNotReached(runner.definition.title, timeoutMs, missing, why);
  }

  private runner(name: string): ProjectionRunner {
    const runner = this.runners.get(name);
    if (runner === undefined) throw new UnknownProjection(name, this.names);
    return runner;
  }

  private chosen(name: string | undefined): readonly ProjectionRunner[] {
    return name === undefined ? [...this.runners.values()] : [this.runner(name)];
  }
}
