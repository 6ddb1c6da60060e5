import type { RecordedEvent, StreamEvent } from '@annals/event-store';
import type { EntityManager, EntityTarget, ObjectLiteral } from 'typeorm';
import type { ExternalContext, SaveExternally } from './external-target.js';
import { foldMethods } from './fold.js';
import { InvalidProjection } from './invalid-projection.js';
import { onMethods } from './on.js';
import type { Handle, HandleBatch } from './on.js';
import type { ProjectionContext } from './projection-context.js';
import { ProjectionFailed } from './projection-failed.js';
import { declarationOf, describeProjection } from './projection.js';
import type { DeclaredProjection, ProjectionKey } from './projection.js';
import { RowFolding } from './row-folding.js';
import type { Rows } from './row-folding.js';
import type { Surroundings } from './surroundings.js';

/** A projection as its runner needs it: a key, the events it wants, and what they do. */
export class ProjectionDefinition {
  readonly key: ProjectionKey;
  readonly declared: DeclaredProjection;
  /** Name and version in one word. */
  readonly title: string;
  /** The stored names of the events that have a handler. */
  readonly types: readonly string[];
  /** How its rows are made, where it has `@Fold` methods. */
  readonly folding: RowFolding | undefined;

  /**
   * @param instance of a `@Projection` class
   * @throws InvalidProjection (`CQRS_INVALID_PROJECTION`) when its class is none, or what it declares does not go together
   */
  constructor(readonly instance: object) {
    const declared = declarationOf(instance.constructor);
    const { name } = instance.constructor;
    if (declared === undefined)
      throw new InvalidProjection(`Class ${name} is no projection: decorate it with @Projection({ name: "…" })`);
    this.declared = declared;
    this.key = { name: declared.name, version: declared.version };
    this.title = describeProjection(declared);
    const prototype = Object.getPrototypeOf(instance) as object;
    const folds = foldMethods.typesOf(prototype);
    this.types = folds.length > 0 ? folds : onMethods.typesOf(prototype);
    this.folding = folds.length > 0 ? new RowFolding(this.title, instance) : undefined;
    this.check(name, folds.length > 0, onMethods.typesOf(prototype).length > 0);
  }

  /** The entities whose tables are this projection's own. */
  get ownTables(): readonly EntityTarget<ObjectLiteral>[] {
    const { rows, tables } = this.declared;
    return rows === undefined ? tables : [rows, ...tables];
  }

  /**
   * Work for a transaction: handles events one after the other, in their order.
   * @returns a function that rejects with ProjectionFailed (`CQRS_PROJECTION_FAILED`) when a handler throws
   */
  inTransaction(events: readonly StreamEvent[], around: Surroundings): (manager: EntityManager) => Promise<void> {
    const { folding } = this;
    if (folding !== undefined) return (manager) => this.fold(folding, events, around, manager);
    return (manager) => this.handleAll(events as readonly RecordedEvent<object>[], around, manager);
  }

  /** Hands a step to the external target; @throws what it throws */
  async saveExternally(events: readonly RecordedEvent[], context: ExternalContext): Promise<void> {
    const [method] = onMethods.methodsOf(Object.getPrototypeOf(this.instance) as object);
    await (this.instance as Record<PropertyKey, SaveExternally>)[method ?? '']?.(events, context);
  }

  private async fold(
    folding: RowFolding,
    events: readonly StreamEvent[],
    { rowTable, lockRows }: Surroundings,
    manager: EntityManager,
  ): Promise<void> {
    const plan = folding.plan(events);
    const table = rowTable(this.declared.rows as EntityTarget<ObjectLiteral>);
    const keys = folding.keysOf(plan);
    const loaded = keys.size === 0 ? [] : await table.load(manager, [...keys.values()], lockRows);
    const rows: Rows = new Map([...keys].map(([text, key], index) => [text, { key, row: loaded[index] }]));
    const changes = folding.apply(plan, rows);
    if (changes.length > 0) await table.save(manager, changes);
  }

  private async handleAll(
    events: readonly RecordedEvent<object>[],
    around: Surroundings,
    manager: EntityManager,
  ): Promise<void> {
    const contextOf = (isReplay: boolean): ProjectionContext => ({
      manager,
      isReplay,
      table: (entity) => around.tableName(manager, entity),
      sideEffect: (work) => (isReplay ? Promise.resolve() : around.join(manager, work)),
    });
    const contexts = { first: contextOf(false), again: contextOf(true) };
    const contextFor = (event: StreamEvent) => (around.isReplay(event) ? contexts.again : contexts.first);
    for (let place = 0; place < events.length;) {
      const event = events[place] as RecordedEvent<object>;
      around.onHandle?.(event);
      place += await this.handleFrom(events, place, contextFor).catch((error: unknown) => {
        throw error instanceof InBatch ? error.cause : new ProjectionFailed(this.title, event, place, error);
      });
    }
    around.onHandle?.(undefined);
  }

  /** @returns how many events are done by that */
  private async handleFrom(
    events: readonly RecordedEvent<object>[],
    place: number,
    contextFor: (event: StreamEvent) => ProjectionContext,
  ): Promise<number> {
    const event = events[place] as RecordedEvent<object>;
    const found = this.methodFor(event);
    const context = contextFor(event);
    if (found === undefined) return 1;
    if (found.detail === 'one') {
      await (this.instance as Record<PropertyKey, Handle>)[found.method]?.(event, context);
      return 1;
    }
    let end = place + 1;
    for (; end < events.length; end += 1) {
      const next = events[end] as RecordedEvent<object>;
      if (this.methodFor(next)?.method !== found.method || contextFor(next) !== context) break;
    }
    const many = events.slice(place, end);
    try {
      await (this.instance as Record<PropertyKey, HandleBatch>)[found.method]?.(many, context);
    } catch (error) {
      // Nobody knows which of many it was: whoever runs this halves them.
      if (many.length > 1) throw new InBatch(error);
      throw error;
    }
    return many.length;
  }

  private methodFor({ type, version }: StreamEvent) {
    return onMethods.methodFor(Object.getPrototypeOf(this.instance) as object, type, version);
  }

  private check(className: string, folds: boolean, handles: boolean): void {
    const refuse = (message: string): never => {
      throw new InvalidProjection(`Projection ${this.title} ${message}`);
    };
    const { rows, mode, onFailure } = this.declared;
    // Without a type the filter would let every event pass, and nothing would be done with any of them.
    if (!folds && !handles) refuse(`handles nothing: give ${className} an @On(Event) or @Fold(Event) method`);
    if (folds && handles) refuse(`has @On and @Fold methods: keep one kind, and make a projection of the other`);
    if (folds && rows === undefined && mode !== 'live')
      refuse(`has @Fold methods, but no rows: say @Projection({ rows })`);
    if (!folds && rows !== undefined) refuse('has rows, but no @Fold method that makes them');
    if (!folds && mode === 'live') refuse('is live: give it @Fold methods, whose rows can be made on demand');
    const methods = onMethods.methodsOf(Object.getPrototypeOf(this.instance) as object);
    if (mode === 'external' && (folds || methods.length !== 1 || !('checkpoint' in this.instance)))
      refuse('is external: give it one @OnBatch method for all its events, and checkpoint(), as ExternalTarget says');
    if (mode === 'external' && onFailure !== 'stop')
      refuse('is external: what its target cannot take, it cannot take later either; keep onFailure at stop');
    if (mode === 'inline' && onFailure !== 'stop')
      refuse(`is inline: an event that it cannot handle is not appended, so onFailure has no meaning`);
  }
}

/** A failure of a method that was given many events. */
class InBatch extends Error {
  constructor(override readonly cause: unknown) {
    super();
  }
}
