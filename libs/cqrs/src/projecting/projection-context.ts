import type { EntityManager } from 'typeorm';

/** What a projection's handler is given beside the event. */
export interface ProjectionContext {
  /**
   * TypeORM's manager of the transaction that also moves the projection's cursor: write the read model through it and
   * through nothing else. Its connection may be ended by the database when a handler leaves it idle for long.
   */
  readonly manager: EntityManager;
}
