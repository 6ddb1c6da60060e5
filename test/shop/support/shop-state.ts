import type { Database } from '@annals/postgres';

const plain = (text: string) => ({ name: '', text });

const STREAMS = plain(
  `SELECT stream, md5(string_agg(concat_ws('|', revision, type, version, data, metadata), E'\n' ORDER BY revision))
   FROM annals.event GROUP BY stream`,
);
const TABLES = plain(`SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'shop'`);
const rowsOf = (table: string) => plain(`SELECT '${table}', to_jsonb(t)::text FROM shop."${table}" t`);

/**
 * All that a shop knows, one text for each stream and for each row of its read model. What the clock decides is no part of
 * it: positions in the log and times of recording.
 */
export type ShopState = ReadonlySet<string>;

/** Reads it from the tables, so that it does not depend on the code under test. */
export async function shopState(database: Database): Promise<ShopState> {
  const tables = (await database.query<[string]>(TABLES)).map(([table]) => table);
  const found = await Promise.all(
    [STREAMS, ...tables.map(rowsOf)].map((query) => database.query<[string, string]>(query)),
  );
  return new Set(found.flat().map(([name, content]) => `${name} ${content}`));
}

/** What only one of two states has. */
export const differences = (one: ShopState, other: ShopState): readonly string[] =>
  [...one].filter((each) => !other.has(each)).concat([...other].filter((each) => !one.has(each)));
