import type { Queries, Statement } from '@annals/postgres';
import type { Offset, Position, Revision } from '../../numbers.js';
import type { AppendOutcome, StreamAppended } from '../../stream-append.js';
import type { AppendGroup, PlacedAppend } from './append-batch.js';
import { arrayOf, IntegerArray, TextArray, UuidArray } from '@annals/postgres';

type StoredRow = readonly [ordinal: number, stream: string, revision: number, offset: number, position: number];

/**
 * Whether groups of appends are stored already, by the ids of their events: the first result for one that is, in order
 * and in its streams; `id-reused` for one of which only something is; undefined for one that is not.
 */
export async function storedAppends(
  connection: Queries,
  statements: Readonly<Record<'stored-events' | 'stream-revisions', Statement>>,
  groups: readonly AppendGroup[],
): Promise<(AppendOutcome | undefined)[]> {
  const wanted = groups.flat().flatMap(({ partition, records }) => records.map(({ id }) => ({ partition, id })));
  if (wanted.length === 0) return groups.map(() => undefined);
  const rows = await connection.query<StoredRow>(statements['stored-events'], [
    arrayOf(
      new IntegerArray(2),
      wanted.map(({ partition }) => partition),
    ),
    arrayOf(
      new UuidArray(),
      wanted.map(({ id }) => id),
    ),
  ]);
  const byOrdinal = new Map(rows.map((row) => [row[0], row]));
  const revisions = await revisionsOfEmpty(connection, statements['stream-revisions'], groups);
  let ordinal = 1;
  return groups.map((group) => {
    const first = ordinal;
    ordinal += group.reduce((total, { records }) => total + records.length, 0);
    return storedGroup(group, first, byOrdinal, revisions);
  });
}

/** The revisions of streams to which a group appends nothing: no event tells what it was answered, so it is told where they are. */
async function revisionsOfEmpty(
  connection: Queries,
  statement: Statement,
  groups: readonly AppendGroup[],
): Promise<ReadonlyMap<string, number>> {
  const empty = groups.flat().filter(({ records }) => records.length === 0);
  if (empty.length === 0) return new Map();
  return new Map(
    await connection.query<readonly [string, number]>(statement, [
      arrayOf(
        new IntegerArray(2),
        empty.map(({ partition }) => partition),
      ),
      arrayOf(
        new TextArray(),
        empty.map(({ stream }) => stream),
      ),
    ]),
  );
}

function storedGroup(
  group: AppendGroup,
  first: number,
  rows: ReadonlyMap<number, StoredRow>,
  revisions: ReadonlyMap<string, number>,
): AppendOutcome | undefined {
  const appended: StreamAppended[] = [];
  let ordinal = first;
  let found = 0;
  let reused: string | undefined;
  for (const append of group) {
    const stored = append.records.map((_, index) => rows.get(ordinal + index));
    ordinal += append.records.length;
    found += stored.filter((row) => row !== undefined).length;
    const last = stored.at(-1);
    if (last === undefined || !inOrder(append, stored))
      reused ??= append.records.length > 0 ? append.stream : undefined;
    appended.push({
      stream: append.stream,
      partition: append.partition,
      revision: (last?.[2] ?? revisions.get(append.stream) ?? 0) as Revision,
      nextOffset: (last === undefined ? 0 : last[3] + 1) as Offset,
      position: (last?.[4] ?? 0) as Position,
    });
  }
  if (found === 0) return undefined;
  return reused === undefined ? { outcome: 'appended', appended } : { outcome: 'id-reused', stream: reused };
}

function inOrder({ stream }: PlacedAppend, stored: readonly (StoredRow | undefined)[]): boolean {
  const first = stored[0]?.[2] ?? 0;
  return stored.every((row, index) => row?.[1] === stream && row[2] === first + index);
}
