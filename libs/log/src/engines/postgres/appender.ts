import type { Queries } from '@annals/postgres';
import { sqlState, statements } from '@annals/postgres';
import { IsolationLevel } from '../../isolation-level.js';
import type { LogRecord } from '../../log-record.js';
import { partitionFor } from '../../partition-for.js';
import type { AppendOutcome, StreamAppend } from '../../stream-append.js';
import type { AppendGroup, BatchRow, GroupOutcome } from './append-batch.js';
import { groupOutcomes } from './append-batch.js';
import { BatchParameters, expectation } from './batch-parameters.js';
import { arrayOf, IntegerArray } from './binary-array.js';
import { storedAppends } from './stored-appends.js';

const UNIQUE_VIOLATION = '23505';

/** How a batch meets locks. */
export interface BatchOptions {
  /** Leave groups whose partitions another holds just now. */
  readonly skipLocked?: boolean;
  /** Inside a surrounding transaction: milliseconds it may idle from here to its COMMIT. */
  readonly holdMs?: number;
}

/** Sends batches of appends over whatever connection it is given. */
export class Appender {
  private readonly sql;
  private readonly batch: BatchParameters;

  /** @param lockWaitMs how long a batch waits for a partition before it fails with SQLSTATE 55P03 */
  constructor(
    schema: string,
    readonly partitions: number,
    private readonly lockWaitMs: number,
  ) {
    this.batch = new BatchParameters(partitions);
    this.sql = statements(import.meta.url, schema, [
      'append-alone',
      'append-events',
      'lock-partitions',
      'stored-events',
      'stream-revisions',
    ]);
  }

  /** Appends what can be, in one statement; a group that is stored already gets its first result. */
  async append(
    connection: Queries,
    groups: readonly AppendGroup[],
    options: BatchOptions = {},
  ): Promise<GroupOutcome[]> {
    const outcomes = await this.send(connection, groups, options).catch((error: unknown) => {
      if (groups.length === 1 && isIdTaken(error) && options.holdMs === undefined)
        return [{ outcome: 'stored' } as const];
      throw isolationOr(error);
    });
    const unclear = groups.filter((_, index) => ['conflict', 'stored'].includes(outcomes[index]?.outcome ?? ''));
    if (unclear.length === 0) return outcomes;
    const stored = await storedAppends(connection, this.sql, unclear, this.partitions);
    const first = new Map(unclear.map((group, index) => [group, stored[index]]));
    return outcomes.map((outcome, index) => settle(outcome, groups[index] ?? [], first));
  }

  /**
   * The first results of groups that an earlier attempt stored, whose outcome was not learnt; waits until no append to
   * their partitions is in flight, since that attempt may still be on its way to its COMMIT.
   */
  async stored(connection: Queries, groups: readonly AppendGroup[]): Promise<(AppendOutcome | undefined)[]> {
    const touched = new Set(groups.flat().map(({ stream }) => partitionFor(stream, this.partitions)));
    const ascending = [...touched].sort((one, other) => one - other);
    await connection.query(this.sql['lock-partitions'], [arrayOf(new IntegerArray(2), ascending), this.lockWaitMs]);
    return storedAppends(connection, this.sql, groups, this.partitions);
  }

  private async send(
    connection: Queries,
    groups: readonly AppendGroup[],
    options: BatchOptions,
  ): Promise<GroupOutcome[]> {
    const alone = options.skipLocked === true || options.holdMs !== undefined ? undefined : onlyEvent(groups);
    if (alone) return this.sendAlone(connection, alone.append, alone.record);
    const [row] = await connection.query<BatchRow>(this.sql['append-events'], [
      this.lockWaitMs,
      options.holdMs ?? null,
      options.skipLocked ?? false,
      ...this.batch.of(groups),
    ]);
    if (row === undefined) throw new Error('append_events returned no row');
    return groupOutcomes(groups, row, this.partitions);
  }

  private async sendAlone(connection: Queries, append: StreamAppend, record: LogRecord): Promise<GroupOutcome[]> {
    const { stream, expected } = append;
    const [row] = await connection.query<readonly [number, number, number, number]>(this.sql['append-alone'], [
      this.lockWaitMs,
      partitionFor(stream, this.partitions),
      stream,
      expectation(expected),
      record.id,
      record.type,
      record.version,
      record.data,
      record.metadata,
      record.correlationId,
      record.tenant,
    ]);
    if (row === undefined) throw new Error('append_alone returned no row');
    const [outcome, revision, nextOffset, position] = row;
    return groupOutcomes([[append]], [[outcome], [revision], [nextOffset], [position]], this.partitions);
  }
}

/** The event of a batch that holds nothing else. */
function onlyEvent(groups: readonly AppendGroup[]): { append: StreamAppend; record: LogRecord } | undefined {
  const [append] = groups[0] ?? [];
  const [record] = append?.records ?? [];
  const isOnly = groups.length === 1 && groups[0]?.length === 1 && append?.records.length === 1;
  return isOnly && record ? { append, record } : undefined;
}

function settle(
  outcome: GroupOutcome,
  group: AppendGroup,
  first: ReadonlyMap<AppendGroup, AppendOutcome | undefined>,
): GroupOutcome {
  const stored = first.get(group);
  if (stored !== undefined) return stored;
  // An id twice in one append is taken without being stored.
  return outcome.outcome === 'stored' ? { outcome: 'id-reused', stream: group[0]?.stream ?? '' } : outcome;
}

const isIdTaken = (error: unknown): boolean =>
  sqlState(error) === UNIQUE_VIOLATION &&
  error instanceof Error &&
  'constraint' in error &&
  error.constraint === 'event_id';

function isolationOr(error: unknown): unknown {
  if (!(error instanceof Error) || error.message !== 'LOG_ISOLATION_LEVEL') return error;
  return new IsolationLevel('detail' in error ? String(error.detail) : 'unknown', error);
}
