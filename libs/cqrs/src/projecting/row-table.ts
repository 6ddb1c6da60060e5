import type { EntityManager } from 'typeorm';

/** A row of a read model: an instance of its entity. */
export type Row = object;

/** What a row is found by: the value of its primary key, or an object with the properties it is made of. */
export type RowKey = string | number | object;

/** What is to become of a row; `row` undefined: it is removed. */
export interface RowChange {
  readonly key: RowKey;
  readonly row: Row | undefined;
}

/** The table of one entity, read and written many rows at a time. */
export interface RowTable {
  /**
   * The rows with the given keys, in their order; undefined where there is none.
   * @param lock serialise with others who load the same keys, to the end of the transaction
   */
  load(manager: EntityManager, keys: readonly RowKey[], lock: boolean): Promise<readonly (Row | undefined)[]>;

  /** Writes each row as it is, whether it is there already or not, and removes the others. Each key once. */
  save(manager: EntityManager, changes: readonly RowChange[]): Promise<void>;
}

/** One text for equal keys, in whatever order their properties come. */
export const keyText = (key: RowKey): string =>
  typeof key === 'object'
    ? JSON.stringify(Object.entries(key).sort(([one], [other]) => (one < other ? -1 : 1)))
    : JSON.stringify(key);
