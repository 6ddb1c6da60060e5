import { statements } from '@annals/postgres';
import type { Database } from '@annals/postgres';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningTransaction } from '../../projecting/projection-storage.js';
import type { ProjectionKey } from '../../projecting/projection.js';

/** How long a probe waits for cursors that are held: long enough for the other connection to look who holds them. */
const PROBE_MS = 2_000;
const LOOK_MS = 20;

type HolderRow = readonly [
  pid: number,
  query: string,
  state: string,
  since: Date | null,
  waitsFor: string | null,
  blockerPid: number | null,
  application: string,
  blockerQuery: string,
  blockerState: string,
  blockerSince: Date | null,
];

/**
 * Who holds a projection's cursors just now, in whatever process. Only the lock itself tells: one connection waits for it
 * for a moment, while another looks whom it waits for.
 */
export async function readRunning(
  database: Database,
  schema: string,
  { name, version }: ProjectionKey,
): Promise<readonly RunningTransaction[]> {
  const sql = statements(import.meta.url, schema, [
    'cursor-holders',
    'end-probe',
    'limit-wait',
    'probe-cursors',
    'server-process',
  ]);
  const ended = new AbortController();
  let waiting: Promise<number> | undefined;
  const probe = database.transaction(async (connection) => {
    waiting = connection.query<readonly [number]>(sql['server-process']).then(([row]) => row?.[0] ?? 0);
    await waiting;
    await connection.query(sql['limit-wait'], [String(PROBE_MS)]);
    await connection.query(sql['probe-cursors'], [name, version]);
  });
  // What it ends with says nothing: the cursors were free, or held for longer.
  const free = probe.then(
    () => ended.abort(),
    () => ended.abort(),
  );
  try {
    while (waiting === undefined && !ended.signal.aborted) await sleep(1);
    const pid = await waiting;
    while (!ended.signal.aborted) {
      const rows = await database.query<HolderRow>(sql['cursor-holders'], [pid]);
      if (rows.length > 0) return toTransactions(rows);
      await sleep(LOOK_MS, undefined, { signal: ended.signal }).catch(() => undefined);
    }
    return [];
  } finally {
    if (!ended.signal.aborted && waiting !== undefined) await database.query(sql['end-probe'], [await waiting]);
    await free;
  }
}

function toTransactions(rows: readonly HolderRow[]): readonly RunningTransaction[] {
  const byPid = new Map<number, RunningTransaction & { blockedBy: RunningTransaction['blockedBy'][number][] }>();
  for (const [
    pid,
    query,
    state,
    since,
    waitsFor,
    blockerPid,
    application,
    blockerQuery,
    blockerState,
    blockerSince,
  ] of rows) {
    const holder = byPid.get(pid) ?? {
      ...{ pid, query, state, blockedBy: [] },
      since: since ?? undefined,
      waitsFor: waitsFor ?? undefined,
    };
    byPid.set(pid, holder);
    if (blockerPid === null) continue;
    const blocker = { application, query: blockerQuery, state: blockerState, since: blockerSince ?? undefined };
    holder.blockedBy.push({ pid: blockerPid, ...blocker });
  }
  return [...byPid.values()];
}
