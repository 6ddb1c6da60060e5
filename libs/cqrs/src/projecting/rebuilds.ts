import type { EventStore } from '@annals/event-store';
import { hasCode } from '@annals/message';
import type { ProjectionKey } from './projection.js';
import type { ProjectionDefinition } from './projection-definition.js';
import type { ProjectionStorage } from './projection-storage.js';
import type { ResolvedProjectionsOptions } from './projections-options.js';
import { RebuildRefused } from './rebuild-refused.js';
import type { RebuildComparison, RebuildStorage, StoredRebuild } from './rebuild-storage.js';
import { Rebuilder } from './rebuilder.js';
import type { Surroundings } from './surroundings.js';

/** Milliseconds between looks whether a rebuild has ended, at the most. */
const LOOK_MS = 200;

/** How a rebuild is done. */
export interface RebuildOptions {
  /** What must hold before the rebuilt tables take the place of those there are. @default 'none' */
  readonly compare?: RebuildComparison;
}

/** How far a rebuild is. */
export interface RebuildProgress extends StoredRebuild {
  /** Events it is past, of `total`. */
  readonly done: number;
  readonly total: number;
  /** Of the projection's events, in this process, over the last ten seconds. */
  readonly eventsPerSecond: number;
  /** Seconds left at the pace so far; undefined where there is none yet, or nothing is left. */
  readonly secondsLeft: number | undefined;
  /** What this process met last at work on it; it is tried again. */
  readonly lastError: unknown;
}

/** What rebuilds work with. */
export interface RebuildsParts {
  readonly store: EventStore;
  readonly storage: ProjectionStorage;
  readonly rebuilds: RebuildStorage;
  readonly options: ResolvedProjectionsOptions;
  readonly surroundings: (definition: ProjectionDefinition, storage: ProjectionStorage) => Surroundings;
}

/** The rebuilds of this process's projections; works on those under way, whoever asked for them. */
export class Rebuilds {
  private readonly definitions = new Map<string, ProjectionDefinition>();
  private readonly atWork = new Map<string, { readonly rebuilder: Rebuilder; readonly ended: Promise<void> }>();
  private readonly errors = new Map<string, unknown>();
  private stopping = new AbortController();
  private looking: Promise<void> | undefined;
  private looked = new AbortController();

  constructor(private readonly parts: RebuildsParts) {}

  /** Adds a projection whose tables can be rebuilt. */
  add(definition: ProjectionDefinition): void {
    this.definitions.set(definition.key.name, definition);
  }

  /** Looks for rebuilds under way from here on. */
  start(): void {
    if (this.looking !== undefined || this.definitions.size === 0) return;
    this.stopping = new AbortController();
    this.looking = this.look(this.stopping.signal);
  }

  /** Leaves them to others, or to the next start. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.looked.abort();
    await this.looking;
    this.looking = undefined;
    await Promise.all([...this.atWork.values()].map(({ ended }) => ended));
  }

  /** @throws RebuildRefused (`CQRS_REBUILD_REFUSED`) */
  async begin(definition: ProjectionDefinition, { compare = 'none' }: RebuildOptions): Promise<void> {
    const { key, title, instance, declared, ownTables } = definition;
    if (declared.mode !== 'async' && declared.mode !== 'inline')
      throw new RebuildRefused(title, `it is ${declared.mode}, so it has no tables here`);
    if (ownTables.length === 0)
      throw new RebuildRefused(title, 'it does not say which tables are its own: give @Projection rows or tables');
    if (compare === 'own' && !('compareRebuild' in instance))
      throw new RebuildRefused(title, "it has no compareRebuild(): implement it, or compare 'equal'");
    await this.parts.rebuilds.begin(definition, key.version, compare);
    this.looked.abort();
  }

  /**
   * Where an earlier version has tables, fills this one's beside them, and waits until they have changed places, however long
   * the database is away meanwhile: run before that, it would write into the other's tables.
   * @param isOver whether nobody waits any more
   * @returns why this version must not run; undefined: it may
   */
  async takeOver(definition: ProjectionDefinition, isOver: () => boolean): Promise<Error | undefined> {
    const { key, ownTables, declared, title } = definition;
    if (ownTables.length === 0 || declared.mode !== 'async') return undefined;
    const { delay, standbyMs } = this.parts.options;
    while (!isOver()) {
      try {
        if (!(await this.isTaking(definition))) return undefined;
        const { state, detail = '' } = await this.ended(key.name, isOver);
        if (state === 'switched') return undefined;
        if (state !== 'filling')
          return new RebuildRefused(title, `the rebuild of this version ended ${state}: ${detail}`);
      } catch (error) {
        if (hasCode(error, 'CQRS_REBUILD_REFUSED')) return error;
        await delay(standbyMs, this.stopping.signal);
      }
    }
    return undefined;
  }

  /** Whether a rebuild of this version is under way, which begins where there is an earlier one. */
  private async isTaking(definition: ProjectionDefinition): Promise<boolean> {
    const { key } = definition;
    const [known] = await this.parts.rebuilds.list([key.name]);
    if (known?.state === 'filling' && known.version === key.version) return known.replaces !== key.version;
    const before = await this.parts.rebuilds.predecessorOf(key);
    if (before === undefined) return false;
    await this.parts.rebuilds.begin(definition, before, 'none');
    this.looked.abort();
    return true;
  }

  async cancel(name: string, reason: string): Promise<void> {
    await this.parts.rebuilds.end(name, 'cancelled', reason);
  }

  /** @throws RebuildRefused (`CQRS_REBUILD_REFUSED`) */
  async switchBack(definition: ProjectionDefinition): Promise<void> {
    await this.parts.rebuilds.switchBack(definition);
  }

  /** Waits until a rebuild has ended, whoever works on it. @param isOver whether nobody waits any more */
  async ended(name: string, isOver: () => boolean = () => false): Promise<RebuildProgress> {
    const { delay, standbyMs } = this.parts.options;
    for (;;) {
      const progress = await this.progress(name);
      if (progress?.state !== 'filling' || isOver()) return progress as RebuildProgress;
      await delay(Math.min(LOOK_MS, standbyMs), this.stopping.signal);
      this.stopping.signal.throwIfAborted();
    }
  }

  /** How far the rebuild of a projection is, or how the last one ended; undefined: there was none. */
  async progress(name: string): Promise<RebuildProgress | undefined> {
    const [rebuild] = await this.parts.rebuilds.list([name]);
    if (rebuild === undefined) return undefined;
    const checkpoint = await this.parts.storage.checkpointOf(besideKey(rebuild));
    const head = await this.parts.store.head();
    const total = head.reduce((sum, offset) => sum + offset, 0);
    const filled = checkpoint.reduce((sum, offset) => sum + offset, 0);
    const done = rebuild.state === 'filling' ? Math.min(filled, total) : total;
    const { elapsedMs } = rebuild;
    const secondsLeft = done === 0 || done === total ? undefined : ((elapsedMs / done) * (total - done)) / 1_000;
    const eventsPerSecond = this.atWork.get(name)?.rebuilder.rate.perSecond ?? 0;
    return { ...rebuild, done, total, eventsPerSecond, secondsLeft, lastError: this.errors.get(name) };
  }

  private async look(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.looked = new AbortController();
      // A database that cannot be asked just now is asked again.
      const found = await this.parts.rebuilds.list([...this.definitions.keys()]).catch(() => []);
      for (const rebuild of found) {
        const definition = this.definitions.get(rebuild.name);
        if (rebuild.state !== 'filling' || definition?.key.version !== rebuild.version) continue;
        if (!this.atWork.has(rebuild.name)) this.work(definition, rebuild, signal);
      }
      await this.parts.options.delay(this.parts.options.standbyMs, AbortSignal.any([signal, this.looked.signal]));
    }
  }

  private work(definition: ProjectionDefinition, rebuild: StoredRebuild, signal: AbortSignal): void {
    const { store, rebuilds, options, surroundings } = this.parts;
    const rebuilder = new Rebuilder({
      ...{ definition, store, storage: rebuilds, options },
      surroundings: ({ storage }) => surroundings(definition, storage),
    });
    const ended = rebuilder
      .run(rebuild, signal)
      // It is looked for again, and goes on then: the state is in the database.
      .catch((error: unknown) => void this.errors.set(rebuild.name, error))
      .finally(() => this.atWork.delete(rebuild.name));
    this.atWork.set(rebuild.name, { rebuilder, ended });
  }
}

/** Under which a filling keeps its cursors, so that they are apart from those of the projection. */
export const besideKey = ({ name, version }: ProjectionKey): ProjectionKey => ({
  name: `${name} (rebuild)`,
  version,
});
