import { quoteIdentifier, statements } from '@annals/postgres';
import type { Queries } from '@annals/postgres';
import { createHash } from 'node:crypto';
import type { DataSource, EntityMetadata, EntityTarget, ObjectLiteral } from 'typeorm';
import { RebuildRefused } from '../../projecting/rebuild-refused.js';

/** The longest name that Postgres takes, in bytes. */
const MOST_BYTES = 63;

/** One table of a projection: where it is, and where its like is filled, or kept. */
interface MovableTable {
  readonly entity: EntityTarget<ObjectLiteral>;
  /** Quoted, as `live`. */
  readonly schema: string;
  readonly table: string;
  readonly live: string;
  readonly beside: string;
  readonly before: string;
}

/** The tables of a projection and those beside them, in schemas of their own: one that is filled, one that was replaced. */
export class BesideTables {
  readonly tables: readonly MovableTable[];
  /** Without quotes. */
  readonly besideSchema: string;
  private readonly beforeSchema: string;
  private readonly sql;

  /**
   * @param projection its name
   * @param schema of Annals' tables
   * @throws RebuildRefused (`CQRS_REBUILD_REFUSED`) when two of its tables have one name
   */
  constructor(
    private readonly projection: string,
    entities: readonly EntityTarget<ObjectLiteral>[],
    dataSource: DataSource,
    schema: string,
  ) {
    this.sql = statements(import.meta.url, schema, ['owned-sequences', 'table-grants', 'unmovable']);
    this.besideSchema = fitting(`${schema} rebuild ${projection}`);
    this.beforeSchema = fitting(`${schema} before ${projection}`);
    this.tables = entities.map((entity) => this.tableOf(dataSource.getMetadata(entity), entity));
    if (new Set(this.tables.map(({ table }) => table)).size < this.tables.length)
      throw new RebuildRefused(projection, 'two of its tables have one name, in different schemas: rename one');
  }

  /** @throws RebuildRefused (`CQRS_REBUILD_REFUSED`) naming all that stands in the way */
  async checkMovable(connection: Queries): Promise<void> {
    const faults: string[] = [];
    for (const { live } of this.tables) {
      const found = await connection.query<readonly [string]>(this.sql.unmovable, [live]);
      faults.push(...found.map(([fault]) => `${live} has ${fault}`));
    }
    if (faults.length > 0)
      throw new RebuildRefused(this.projection, `${faults.join(', ')}: a read model that is rebuilt must do without`);
  }

  /** Makes empty tables like those there are; what an earlier rebuild has left is dropped. */
  async make(connection: Queries): Promise<void> {
    await this.newSchema(connection, this.besideSchema);
    for (const { live, beside } of this.tables) {
      await run(connection, `CREATE TABLE ${beside} (LIKE ${live} INCLUDING ALL)`);
      for (const [grantee, privilege] of await connection.query<readonly [string, string]>(this.sql['table-grants'], [
        live,
      ]))
        await run(connection, `GRANT ${privilege} ON ${beside} TO ${grantee}`);
    }
  }

  /** Puts the filled tables in the place of those there are, which are kept. */
  async swapIn(connection: Queries): Promise<void> {
    await this.newSchema(connection, this.beforeSchema);
    for (const table of this.tables) {
      await this.handOverSequences(connection, table.live, table.beside);
      await run(connection, `ALTER TABLE ${table.live} SET SCHEMA ${quoteIdentifier(this.beforeSchema)}`);
      await run(connection, `ALTER TABLE ${table.beside} SET SCHEMA ${table.schema}`);
    }
    await run(connection, `DROP SCHEMA ${quoteIdentifier(this.besideSchema)}`);
  }

  /** Puts the tables back that were kept, and keeps those there are. */
  async swapBack(connection: Queries): Promise<void> {
    await this.newSchema(connection, this.besideSchema);
    for (const table of this.tables) {
      await this.handOverSequences(connection, table.live, table.before);
      await run(connection, `ALTER TABLE ${table.live} SET SCHEMA ${quoteIdentifier(this.besideSchema)}`);
      await run(connection, `ALTER TABLE ${table.before} SET SCHEMA ${table.schema}`);
    }
    await run(connection, `DROP SCHEMA ${quoteIdentifier(this.beforeSchema)}`);
    await run(
      connection,
      `ALTER SCHEMA ${quoteIdentifier(this.besideSchema)} RENAME TO ${quoteIdentifier(this.beforeSchema)}`,
    );
  }

  async lock(connection: Queries): Promise<void> {
    await run(connection, `LOCK TABLE ${this.tables.map(({ live }) => live).join(', ')} IN ACCESS EXCLUSIVE MODE`);
  }

  /** @returns how the filled tables differ from those there are; undefined: they do not */
  async difference(connection: Queries): Promise<string | undefined> {
    for (const { live, beside } of this.tables) {
      const only = (one: string, other: string) =>
        run<readonly [string]>(
          connection,
          `SELECT t::text FROM ${one} t EXCEPT ALL SELECT t::text FROM ${other} t ORDER BY 1 LIMIT 3`,
        );
      const [there, filled] = [await only(live, beside), await only(beside, live)];
      if (there.length + filled.length === 0) continue;
      const rows = (of: readonly (readonly [string])[]) =>
        of.length === 0 ? 'none' : of.map(([row]) => row).join(' ');
      return `${live} differs: rows that are only there: ${rows(there)}; rows that are only in the rebuild: ${rows(filled)}`;
    }
    return undefined;
  }

  /** A sequence goes with the table whose column has it last; dropping the other table must not take it along. */
  private async handOverSequences(connection: Queries, from: string, to: string): Promise<void> {
    type Columns = readonly [sequence: string, column: string];
    for (const [sequence, column] of await connection.query<Columns>(this.sql['owned-sequences'], [from])) {
      await run(connection, `ALTER SEQUENCE ${sequence} OWNED BY NONE`);
      const name = sequence.slice(sequence.lastIndexOf('.') + 1);
      await run(connection, `ALTER SEQUENCE ${sequence} SET SCHEMA ${to.slice(0, to.indexOf('"."') + 1)}`);
      await run(connection, `ALTER SEQUENCE ${to.slice(0, to.indexOf('"."') + 1)}.${name} OWNED BY ${to}.${column}`);
    }
  }

  private async newSchema(connection: Queries, schema: string): Promise<void> {
    await run(connection, `DROP SCHEMA IF EXISTS ${quoteIdentifier(schema)} CASCADE`);
    await run(connection, `CREATE SCHEMA ${quoteIdentifier(schema)}`);
  }

  private tableOf({ tablePath, schema = 'public' }: EntityMetadata, entity: EntityTarget<ObjectLiteral>): MovableTable {
    const table = quoteIdentifier(tablePath.split('.').at(-1) ?? tablePath);
    const inSchema = (name: string) => `${quoteIdentifier(name)}.${table}`;
    return {
      ...{ entity, table, schema: quoteIdentifier(schema) },
      live: inSchema(schema),
      beside: inSchema(this.besideSchema),
      before: inSchema(this.beforeSchema),
    };
  }
}

/** Names of tables cannot be bound; they come from entities and are quoted. */
const run = <Columns extends readonly unknown[]>(connection: Queries, text: string): Promise<Columns[]> =>
  connection.query<Columns>({ name: '', text });

/** A name that Postgres does not cut. */
function fitting(name: string): string {
  if (Buffer.byteLength(name) <= MOST_BYTES) return name;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 16);
  return `${Buffer.from(name).subarray(0, 40).toString('utf8').replaceAll('\ufffd', '')} ${digest}`;
}
