import { arrayOf, quoteIdentifier, TextArray } from '@annals/postgres';
import type { EntityManager, EntityMetadata, EntityTarget, ObjectLiteral } from 'typeorm';
import type { Row, RowChange, RowKey, RowTable } from '../../projecting/row-table.js';
import { keyText } from '../../projecting/row-table.js';
import { InvalidProjection } from '../../projecting/invalid-projection.js';
import { parameterText } from './parameter-text.js';
import { tableNameOf } from './table-name.js';

type ColumnMetadata = EntityMetadata['columns'][number];

/** An entity's columns and the SQL that reads and writes them; made once per DataSource. */
interface Layout {
  readonly metadata: EntityMetadata;
  readonly columns: readonly ColumnMetadata[];
  readonly primary: readonly ColumnMetadata[];
  readonly load: string;
  readonly upsert: string;
  readonly remove: string;
}

/**
 * The rows of one entity, many at a time: one statement reads those of a batch, one writes them. Each column goes as an
 * array of texts, which the server takes apart and reads as the column's type, so there is one prepared statement for any
 * number of rows.
 */
export class PostgresRowTable implements RowTable {
  private readonly layouts = new WeakMap<EntityMetadata, Layout>();

  /** @param lockName names the projection, for the locks of those who change the same rows */
  constructor(
    private readonly entity: EntityTarget<ObjectLiteral>,
    private readonly lockName: string,
  ) {}

  async load(manager: EntityManager, keys: readonly RowKey[], lock: boolean): Promise<readonly (Row | undefined)[]> {
    const layout = await this.layoutOf(manager);
    // Two who make the same row both find none: only a lock on what is not there yet keeps one from undoing the other.
    if (lock) await this.lock(manager, keys);
    const values = layout.primary.map((column) => arrayOf(new TextArray(), this.keyTexts(manager, column, keys)));
    const found: Record<string, unknown>[] = await manager.query(layout.load, values);
    const rows = new Array<Row | undefined>(keys.length).fill(undefined);
    for (const raw of found) rows[Number(raw['place']) - 1] = this.toRow(manager, layout, raw);
    return rows;
  }

  async save(manager: EntityManager, changes: readonly RowChange[]): Promise<void> {
    const layout = await this.layoutOf(manager);
    const written = changes.flatMap(({ row }) => (row === undefined ? [] : [row as ObjectLiteral]));
    const removed = changes.filter(({ row }) => row === undefined).map(({ key }) => key);
    if (written.length > 0) {
      const values = layout.columns.map((column) =>
        arrayOf(
          new TextArray(),
          written.map((row) => this.textOf(manager, column, column.getEntityValue(row))),
        ),
      );
      await manager.query(layout.upsert, values);
    }
    if (removed.length > 0) {
      const values = layout.primary.map((column) => arrayOf(new TextArray(), this.keyTexts(manager, column, removed)));
      await manager.query(layout.remove, values);
    }
  }

  private async lock(manager: EntityManager, keys: readonly RowKey[]): Promise<void> {
    const names = keys.map((key) => `${this.lockName} ${keyText(key)}`).sort();
    await manager.query('SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) FROM unnest($1::text[]) AS name', [
      names,
    ]);
  }

  private keyTexts(manager: EntityManager, column: ColumnMetadata, keys: readonly RowKey[]): (string | null)[] {
    return keys.map((key) => {
      const value: unknown = typeof key === 'object' ? column.getEntityValue(key) : key;
      if (value === undefined || value === null) {
        throw new InvalidProjection(
          `A key of ${this.lockName} lacks ${column.propertyPath}, which its row is found by: ${keyText(key)}`,
        );
      }
      return this.textOf(manager, column, value);
    });
  }

  private textOf(manager: EntityManager, column: ColumnMetadata, value: unknown): string | null {
    const prepared: unknown = manager.dataSource.driver.preparePersistentValue(value, column);
    return parameterText(prepared, column.isArray);
  }

  private toRow(manager: EntityManager, { metadata, columns }: Layout, raw: Record<string, unknown>): Row {
    const row = metadata.create(undefined, { fromDeserializer: true }) as ObjectLiteral;
    for (const [index, column] of columns.entries()) {
      column.setEntityValue(row, manager.dataSource.driver.prepareHydratedValue(raw[`c${index}`], column));
    }
    return row;
  }

  private async layoutOf(manager: EntityManager): Promise<Layout> {
    const metadata = manager.dataSource.getMetadata(this.entity);
    const known = this.layouts.get(metadata);
    if (known !== undefined) return known;
    const layout = await readLayout(manager, metadata);
    this.layouts.set(metadata, layout);
    return layout;
  }
}

/** The types are those of the table: an entity's own may be looser, as `text` for an enum. */
async function readLayout(manager: EntityManager, metadata: EntityMetadata): Promise<Layout> {
  const table = tableNameOf(manager, metadata.target);
  const found: { name: string; type: string }[] = await manager.query(
    `SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
     WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped`,
    [table],
  );
  const declared = new Map(found.map(({ name, type }) => [name, type]));
  const typeOf = (column: ColumnMetadata): string => declared.get(column.databaseName) ?? 'text';
  const columns = metadata.columns.filter(({ isVirtual, isGenerated }) => !isVirtual && !isGenerated);
  const primary = columns.filter(({ isPrimary }) => isPrimary);
  if (primary.length === 0)
    throw new InvalidProjection(`The entity ${metadata.name} has no primary key that a fold could set: give it one`);
  const name = (column: ColumnMetadata) => quoteIdentifier(column.databaseName);
  const given = (of: readonly ColumnMetadata[]) => of.map((_, index) => `$${index + 1}::text[]`).join(', ');
  const named = (of: readonly ColumnMetadata[]) => of.map((_, index) => `k${index}`).join(', ');
  const matched = primary
    .map((column, index) => `t.${name(column)} = given.k${index}::${typeOf(column)}`)
    .join(' AND ');
  const others = columns.filter((column) => !column.isPrimary);
  const set = others.map((column) => `${name(column)} = excluded.${name(column)}`).join(', ');
  return {
    ...{ metadata, columns, primary },
    load: `SELECT given.place, ${columns.map((column, index) => `t.${name(column)} AS c${index}`).join(', ')}
      FROM unnest(${given(primary)}) WITH ORDINALITY AS given (${named(primary)}, place) JOIN ${table} t ON ${matched}`,
    upsert: `INSERT INTO ${table} (${columns.map(name).join(', ')})
      SELECT ${columns.map((column, index) => `given.k${index}::${typeOf(column)}`).join(', ')}
      FROM unnest(${given(columns)}) AS given (${named(columns)})
      ON CONFLICT (${primary.map(name).join(', ')}) DO ${set === '' ? 'NOTHING' : `UPDATE SET ${set}`}`,
    remove: `DELETE FROM ${table} t USING unnest(${given(primary)}) AS given (${named(primary)}) WHERE ${matched}`,
  };
}
