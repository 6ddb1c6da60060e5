import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** One SQL statement with the name under which a connection prepares it. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** A Postgres identifier in quotes: the one thing that is ever filled into a statement. */
export const quoteIdentifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Fills the schema, quoted, into SQL text. Values are never filled in, but bound. */
export const withSchema = (sql: string, schema: string): string => sql.replaceAll('{schema}', quoteIdentifier(schema));

/**
 * Reads statements from `sql/<name>.sql` beside the calling module.
 * @param here the caller's `import.meta.url`
 * @param schema the schema of Annals' tables
 */
export function statements<Name extends string>(
  here: string,
  schema: string,
  names: readonly Name[],
): Readonly<Record<Name, Statement>> {
  const read = (name: Name): [Name, Statement] => {
    const text = withSchema(readFileSync(new URL(`./sql/${name}.sql`, here), 'utf8'), schema);
    // A connection pool may serve two schemas or releases: the text, not the file's name, must tell statements apart.
    const digest = createHash('sha256').update(text).digest('hex').slice(0, 12);
    return [name, { name: `${name}-${digest}`, text }];
  };
  return Object.fromEntries(names.map(read)) as Record<Name, Statement>;
}
