import type { StreamEvent } from '@annals/event-store';
import type { EntityManager, EntityTarget, ObjectLiteral } from 'typeorm';
import type { ProjectionStorage } from './projection-storage.js';
import type { RowTable } from './row-table.js';

/** What handlers are called with, beside the events. */
export interface Surroundings {
  /** Whether an event has been handled before. */
  readonly isReplay: (event: StreamEvent) => boolean;
  /** The name of an entity's table, quoted, as `manager` writes to it. */
  readonly tableName: (manager: EntityManager, entity: EntityTarget<ObjectLiteral>) => string;
  /** Where rows are that `@Fold` makes. */
  readonly rowTable: (entity: EntityTarget<ObjectLiteral>) => RowTable;
  /** Runs work whose messages and events go with the transaction of `manager`. */
  readonly join: (manager: EntityManager, work: () => Promise<unknown>) => Promise<void>;
  /** Told which event a handler is at, and when it is done with it. */
  readonly onHandle?: (event: StreamEvent | undefined) => void;
  /** Serialise with others who change the same rows, which one owner need not. */
  readonly lockRows: boolean;
}

/** What is the same however a projection is run. @param title names it, for locks on its rows */
export const surroundingsOf = (
  storage: ProjectionStorage,
  title: string,
  onHandle: (event: StreamEvent | undefined) => void,
): Omit<Surroundings, 'isReplay' | 'lockRows'> => ({
  tableName: (manager, entity) => storage.tableName(manager, entity),
  rowTable: rowTables(storage, title),
  join: (manager, work) => storage.join(manager, work),
  onHandle,
});

/** One table per entity, so that what is known of its columns is kept. */
function rowTables(storage: ProjectionStorage, title: string): Surroundings['rowTable'] {
  const tables = new Map<EntityTarget<ObjectLiteral>, RowTable>();
  return (entity) => {
    const table = tables.get(entity) ?? storage.rowTable(entity, title);
    tables.set(entity, table);
    return table;
  };
}
