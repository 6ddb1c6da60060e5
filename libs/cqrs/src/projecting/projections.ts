import type { EventStore } from '@annals/event-store';
import type { Checkpoint } from '@annals/log';
import type { EntityManager } from 'typeorm';
import type { Observable } from 'rxjs';
import { changesOf, liveQuery } from './changes.js';
import type { LiveQueryOptions } from './changes.js';
import { foldOnDemand } from './folding-on-demand.js';
import type { FoldedRows, FoldOptions } from './folding-on-demand.js';
import { handleInline } from './inline-projections.js';
import { InvalidProjection } from './invalid-projection.js';
import { inHandOf, KnownProjections } from './known-projections.js';
import type { KnownProjection } from './known-projections.js';
import { ProjectionDefinition } from './projection-definition.js';
import { diagnose } from './projection-diagnosis.js';
import { ProjectionRunner } from './projection-runner.js';
import type { ProjectionDiagnosis, ProjectionStatus } from './projection-status.js';
import type { ParkedKey, ProjectionStorage } from './projection-storage.js';
import { resolveProjectionsOptions } from './projections-options.js';
import type { ProjectionsOptions, ResolvedProjectionsOptions } from './projections-options.js';
import { RateMeter } from './rate-meter.js';
import { RebuildRefused } from './rebuild-refused.js';
import type { RebuildStorage } from './rebuild-storage.js';
import { Rebuilds } from './rebuilds.js';
import type { RebuildOptions, RebuildProgress } from './rebuilds.js';
import { Reaching } from './reaching.js';
import type { ReachedOptions } from './reaching.js';
import type { Row } from './row-table.js';
import { surroundingsOf } from './surroundings.js';

/** The projections of this process. */
export class Projections {
  private readonly known = new KnownProjections();
  private readonly options: ResolvedProjectionsOptions;
  private readonly rebuilds: Rebuilds | undefined;

  /**
   * @param storage undefined where nothing can be projected; then `add` throws
   * @param rebuilds undefined where nothing can be rebuilt; then a new version begins in the tables there are
   * @throws RangeError naming every option at fault
   */
  constructor(
    private readonly store: EventStore,
    private readonly storage: ProjectionStorage | undefined,
    options?: ProjectionsOptions,
    rebuilds?: RebuildStorage,
  ) {
    this.options = resolveProjectionsOptions(options);
    this.rebuilds =
      storage &&
      rebuilds &&
      new Rebuilds({
        ...{ store, storage, rebuilds, options: this.options },
        surroundings: (definition, on) => ({
          ...this.surroundings(definition, on),
          isReplay: () => true,
          lockRows: definition.declared.lanes > 1,
        }),
      });
  }

  /** Whether projections can be run here: whether there is a database. */
  get canRun(): boolean {
    return this.storage !== undefined;
  }

  /** The names of the projections, in the order they were added. */
  get names(): readonly string[] {
    return this.known.names;
  }

  /**
   * Adds a projection; `start` runs it. An inline one handles events from here on.
   * @param instance of a `@Projection` class
   * @param storage of the same log and schema, over connections of its own. @default that of all
   * @throws InvalidProjection (`CQRS_INVALID_PROJECTION`) when it cannot work, or another has its name
   */
  add(instance: object, storage = this.storage): void {
    const definition = new ProjectionDefinition(instance);
    const { mode } = definition.declared;
    const rate = new RateMeter(this.options.now);
    const runner = mode === 'async' || mode === 'external' ? this.runnerOf(definition, rate, storage) : undefined;
    this.known.add({ definition, rate, runner, inHand: undefined, wanted: false });
    this.rebuilds?.add(definition);
    if (mode === 'inline') handleInline(this.store, definition, this.surroundings(definition));
  }

  /**
   * Starts a projection, or all; one that had failed tries its event again. Those that run go on.
   * @throws UnknownProjection (`CQRS_UNKNOWN_PROJECTION`)
   */
  start(name?: string): void {
    this.rebuilds?.start();
    for (const known of this.known.chosen(name)) {
      known.wanted = true;
      if (known.definition.ownTables.length === 0 || this.rebuilds === undefined) known.runner?.start();
      else void this.startOne(known, this.rebuilds);
    }
  }

  /**
   * Stops a projection, or all, in this process, after the transactions in hand; another process may take over.
   * @throws UnknownProjection (`CQRS_UNKNOWN_PROJECTION`)
   */
  async stop(name?: string): Promise<void> {
    const chosen = this.known.chosen(name);
    for (const known of chosen) known.wanted = false;
    if (name === undefined) await this.rebuilds?.stop();
    await Promise.all(chosen.map(async ({ runner }) => runner?.stop()));
  }

  /**
   * How a projection is doing.
   * @throws UnknownProjection (`CQRS_UNKNOWN_PROJECTION`), and what the database throws
   */
  async status(name: string): Promise<ProjectionStatus> {
    const { definition, runner, rate } = this.known.find(name);
    const { mode } = definition.declared;
    // The cursor first: read after the head it could be ahead of it.
    const stored = runner && (await runner.describe());
    const head = await this.store.head();
    const checkpoint = stored ? head.map((_, partition) => stored.checkpoint[partition] ?? 0) : head;
    const failures = stored?.failures ?? [];
    return {
      ...{ ...definition.key, mode, checkpoint, failures, failure: failures[0], paused: stored?.paused },
      state: runner?.state ?? 'running',
      lag: head.map((offset, partition) => Math.max(0, offset - (checkpoint[partition] ?? 0))),
      parked: head.map((_, partition) => stored?.parked[partition] ?? 0),
      eventsPerSecond: rate.perSecond,
      lastError: runner?.lastError,
    };
  }

  /**
   * Why a projection does not get on: what failed, what is paused, and which transaction waits for which other.
   * @throws UnknownProjection (`CQRS_UNKNOWN_PROJECTION`), and what the database throws
   */
  async diagnose(name: string): Promise<ProjectionDiagnosis> {
    const known = this.known.find(name);
    const { runner, definition } = known;
    if (runner === undefined) return { reasons: [], running: [], inHand: undefined };
    const [stored, running] = await Promise.all([
      runner.describe(),
      this.needStorage(definition).running(definition.key),
    ]);
    return diagnose({ runner, stored, running, inHand: inHandOf(known, this.options.now()) });
  }

  /**
   * Waits until a projection has done all that `checkpoint` names, for reading one's own writes. An inline or live one has.
   * @param checkpoint of an append, or a token of it
   * @throws ProjectionNotReached (`CQRS_PROJECTION_NOT_REACHED`) after `timeoutMs`, saying what is missing and why;
   *   ProjectionSetAside (`CQRS_PROJECTION_SET_ASIDE`) when it has skipped or parked the event;
   *   UnknownProjection (`CQRS_UNKNOWN_PROJECTION`), CheckpointAhead (`STORE_CHECKPOINT_AHEAD`)
   */
  async reached(name: string, checkpoint: Checkpoint | string, options?: ReachedOptions): Promise<void> {
    const { runner, definition } = this.known.find(name);
    const wanted = typeof checkpoint === 'string' ? await this.store.fromToken(checkpoint) : checkpoint;
    if (runner === undefined) return;
    await new Reaching(this.store, this.needStorage(definition), this.options).wait(runner, wanted, options);
  }

  /**
   * Says whenever a projection's rows may have changed, in whatever process, and once at first: what a live query asks again on.
   * @throws UnknownProjection (`CQRS_UNKNOWN_PROJECTION`)
   */
  changes$(name: string): Observable<Checkpoint> {
    return changesOf(this.watched(name));
  }

  /**
   * The answer to a query, at first and again whenever the projection has moved, in whatever process: for server-sent events.
   * @param query is asked once at a time; what it throws ends the Observable
   * @throws UnknownProjection (`CQRS_UNKNOWN_PROJECTION`)
   */
  query$<Answer>(name: string, query: () => Promise<Answer>, options?: LiveQueryOptions): Observable<Answer> {
    return liveQuery(this.watched(name), query, options);
  }

  /**
   * The rows of a projection with `@Fold` methods, made from its events now: of a live projection, or as they were then.
   * @throws UnknownProjection (`CQRS_UNKNOWN_PROJECTION`), InvalidProjection (`CQRS_INVALID_PROJECTION`) for one without
   *   `@Fold` methods, CheckpointAhead (`STORE_CHECKPOINT_AHEAD`)
   */
  fold<Of extends Row>(name: string, options?: FoldOptions): Promise<FoldedRows<Of>> {
    return foldOnDemand<Of>(this.store, this.known.find(name).definition, options);
  }

  /**
   * Has a projection stand still, in every process and over restarts, until `resume`.
   * @param reason is shown by `status`
   * @throws UnknownProjection (`CQRS_UNKNOWN_PROJECTION`)
   */
  async pause(name: string, reason = 'paused by an operator'): Promise<void> {
    const { definition } = this.known.findRun(name);
    await this.needStorage(definition).pause(definition.key, reason);
  }

  /** Lets a paused projection go on. @throws UnknownProjection (`CQRS_UNKNOWN_PROJECTION`) */
  async resume(name: string): Promise<void> {
    const { definition } = this.known.findRun(name);
    await this.needStorage(definition).resume(definition.key);
  }

  /**
   * Empties a projection's own tables and begins at the first event, in one transaction. What has been handled is a replay
   * then. Readers see the rows come back one by one; `rebuild` does the same beside the rows there are.
   * @throws UnknownProjection (`CQRS_UNKNOWN_PROJECTION`), InvalidProjection (`CQRS_INVALID_PROJECTION`) when it has not
   *   said which tables are its own
   */
  async reset(name: string): Promise<void> {
    const { definition } = this.known.findRun(name);
    const storage = this.needStorage(definition);
    if (definition.ownTables.length === 0)
      throw new InvalidProjection(
        `Projection ${definition.title} does not say which tables are its own: give it tables`,
      );
    await this.replayFrom(name, [], async (manager) => {
      for (const table of definition.ownTables) await manager.query(`DELETE FROM ${storage.tableName(manager, table)}`);
    });
  }

  /**
   * Has a projection handle events again from a checkpoint on. What it has handled is a replay then.
   * @param checkpoint or a token of it; partitions it does not name begin at the first event
   * @param mend undoes in the read model what will be done again, in the same transaction. @default nothing
   * @throws UnknownProjection (`CQRS_UNKNOWN_PROJECTION`), CheckpointAhead (`STORE_CHECKPOINT_AHEAD`)
   */
  async replayFrom(
    name: string,
    checkpoint: Checkpoint | string,
    mend: (manager: EntityManager) => Promise<void> = () => Promise.resolve(),
  ): Promise<void> {
    const { definition } = this.known.findRun(name);
    const to = typeof checkpoint === 'string' ? await this.store.fromToken(checkpoint) : checkpoint;
    const all = (await this.store.head()).map((_, partition) => to[partition] ?? 0);
    await this.needStorage(definition).putBack(definition.key, all, mend);
  }

  /**
   * What a projection has set aside, key by key, the oldest first.
   * @param limit keys at the most
   * @throws UnknownProjection (`CQRS_UNKNOWN_PROJECTION`)
   */
  async parked(name: string, limit = 100): Promise<readonly ParkedKey[]> {
    const { definition } = this.known.findRun(name);
    return this.needStorage(definition).parked(definition.key, limit);
  }

  /**
   * Has a key's events handled again, in order, as soon as the projection's owner gets to it.
   * @returns false when none of the key is set aside
   * @throws UnknownProjection (`CQRS_UNKNOWN_PROJECTION`)
   */
  async release(name: string, key: string): Promise<boolean> {
    const { definition } = this.known.findRun(name);
    return this.needStorage(definition).releaseKey(definition.key, key);
  }

  /**
   * Fills a projection's tables anew beside those there are, with all its lanes, from the first event on, and has them take
   * their place in one transaction once they are as far. It goes on in another process should this one end. Side effects do
   * not happen again.
   * @returns how it ended, which may be `unequal` or `failed`
   * @throws UnknownProjection (`CQRS_UNKNOWN_PROJECTION`), RebuildRefused (`CQRS_REBUILD_REFUSED`)
   */
  async rebuild(name: string, options?: RebuildOptions): Promise<RebuildProgress> {
    await this.beginRebuild(name, options);
    return this.needRebuilds(this.known.find(name).definition).ended(name);
  }

  /** As `rebuild`, without waiting for its end. @throws as `rebuild` */
  async beginRebuild(name: string, options: RebuildOptions = {}): Promise<void> {
    const { definition } = this.known.find(name);
    const rebuilds = this.needRebuilds(definition);
    await rebuilds.begin(definition, options);
    rebuilds.start();
  }

  /** How far a rebuild is, or how the last one ended; undefined: there was none. @throws UnknownProjection (`CQRS_UNKNOWN_PROJECTION`) */
  async rebuilding(name: string): Promise<RebuildProgress | undefined> {
    this.known.find(name);
    return this.rebuilds?.progress(name);
  }

  /** Gives a rebuild up; the tables there are stay as they are. @throws UnknownProjection (`CQRS_UNKNOWN_PROJECTION`) */
  async cancelRebuild(name: string, reason = 'cancelled by an operator'): Promise<void> {
    const { definition } = this.known.find(name);
    await this.needRebuilds(definition).cancel(name, reason);
  }

  /**
   * Puts the tables back that the last rebuild replaced; the projection goes on where they were.
   * @throws UnknownProjection (`CQRS_UNKNOWN_PROJECTION`), RebuildRefused (`CQRS_REBUILD_REFUSED`) when there are none
   */
  async switchBack(name: string): Promise<void> {
    const { definition } = this.known.find(name);
    await this.needRebuilds(definition).switchBack(definition);
  }

  /** Where an earlier version has tables, this one first fills its own beside them, and runs only once they have changed places. */
  private async startOne(known: KnownProjection, rebuilds: Rebuilds): Promise<void> {
    const { definition, runner } = known;
    const taken = await rebuilds.takeOver(definition, () => !known.wanted);
    if (!known.wanted) return;
    if (taken === undefined) runner?.start();
    else runner?.fail(taken);
  }

  private runnerOf(
    definition: ProjectionDefinition,
    rate: RateMeter,
    storage = this.needStorage(definition),
  ): ProjectionRunner {
    const around = this.surroundings(definition, storage);
    return new ProjectionRunner({
      ...{ definition, key: definition.key, store: this.store, storage, options: this.options },
      surroundings: ({ lane, replayedTo }) => ({
        ...around,
        lockRows: lane.count > 1,
        isReplay: ({ partition = 0, offset = 0 }) => offset < (replayedTo[partition] ?? 0),
      }),
      onAdvance: (events) => {
        rate.add(events);
      },
    });
  }

  private surroundings(definition: ProjectionDefinition, storage = this.needStorage(definition)) {
    const { key, title } = definition;
    return surroundingsOf(storage, title, (event) => {
      this.known.find(key.name).inHand = event && { event, since: this.options.now() };
    });
  }

  private watched(name: string) {
    const { runner, definition } = this.known.find(name);
    const { pollMs, delay } = this.options;
    return { store: this.store, definition, runner, pollMs, delay };
  }

  private needRebuilds({ title }: ProjectionDefinition): Rebuilds {
    if (this.rebuilds !== undefined) return this.rebuilds;
    throw new RebuildRefused(title, 'nothing keeps rebuilds here: give Projections a RebuildStorage');
  }

  private needStorage({ title }: ProjectionDefinition): ProjectionStorage {
    if (this.storage !== undefined) return this.storage;
    throw new InvalidProjection(
      `Projection ${title} has no database: import EventStoreModule on Postgres, and TypeOrmModule`,
    );
  }
}
