import type { EntityManager, EntityTarget, ObjectLiteral } from 'typeorm';

/** What a projection's handler is given beside the event. */
export interface ProjectionContext {
  /**
   * TypeORM's manager of the transaction that also moves the projection's cursor: write the read model through it and
   * through nothing else. Its connection may be ended by the database when a handler leaves it idle for long. During a
   * rebuild it writes to the tables that are being filled.
   */
  readonly manager: EntityManager;
  /**
   * True for an event that this projection, or an earlier version of it, has handled before: what happens outside the
   * read model must not happen again.
   */
  readonly isReplay: boolean;
  /** The name of an entity's table, quoted, for SQL: the live one, or that of the rebuild under way. */
  readonly table: (entity: EntityTarget<ObjectLiteral>) => string;
  /**
   * Does something beside the read model once, never on a replay: `work` may publish to the bus and append events, which
   * are written by the same commit as the rows. What it does elsewhere happens again when the transaction is repeated.
   */
  readonly sideEffect: (work: () => Promise<unknown>) => Promise<void>;
}
