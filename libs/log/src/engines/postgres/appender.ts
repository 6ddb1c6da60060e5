import type { Queries } from '@annals/postgres';
import { sqlState, statements } from '@annals/postgres';
import { IsolationLevel } from '../../isolation-level.js';
import type { LogRecord } from '../../log-record.js';
import type { Offset, Position, Revision } from '../../numbers.js';
import type { AppendOutcome } from '../../stream-append.js';
import type { AppendGroup, BatchRow, GroupOutcome, PlacedAppend } from './append-batch.js';
import { AppendBatch } from './append-batch.js';
import { BatchParameters } from './batch-parameters.js';
import { arrayOf, IntegerArray } from '@annals/postgres';
import { expectation } from './expectation.js';
import { storedAppends } from './stored-appends.js';

const UNIQUE_VIOLATION = '23505';
const APPENDED = 0;

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
  private readonly parameters = new BatchParameters();

  /** @param lockWaitMs how long a batch waits for a partition before it fails with SQLSTATE 55P03 */
  constructor(
    schema: string,
    private readonly lockWaitMs: number,
  ) {
    this.sql = statements(import.meta.url, schema, [
      'append-alone',
      'append-batch',
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
    const stored = await storedAppends(connection, this.sql, unclear);
    const first = new Map(unclear.map((group, index) => [group, stored[index]]));
    return outcomes.map((outcome, index) => settle(outcome, groups[index] ?? [], first));
  }

  /**
   * The first results of groups that an earlier attempt stored, whose outcome was not learnt; waits until no append to
   * their partitions is in flight, since that attempt may still be on its way to its COMMIT.
   */
  async stored(connection: Queries, groups: readonly AppendGroup[]): Promise<(AppendOutcome | undefined)[]> {
    const touched = new Set(groups.flat().map(({ partition }) => partition));
    const ascending = [...touched].sort((one, other) => one - other);
    await connection.query(this.sql['lock-partitions'], [arrayOf(new IntegerArray(2), ascending), this.lockWaitMs]);
    return storedAppends(connection, this.sql, groups);
  }

  private async send(
    connection: Queries,
    groups: readonly AppendGroup[],
    options: BatchOptions,
  ): Promise<GroupOutcome[]> {
    const alone = options.skipLocked === true || options.holdMs !== undefined ? undefined : onlyEvent(groups);
    if (alone) return this.sendAlone(connection, alone.append, alone.record);
    const batch = new AppendBatch(groups);
    const [row] = await connection.query<BatchRow>(this.sql['append-batch'], [
      this.lockWaitMs,
      options.holdMs ?? null,
      options.skipLocked ?? false,
      ...this.parameters.of(batch),
    ]);
    if (row === undefined) throw new Error('append_batch returned no row');
    return batch.outcomes(row);
  }

  private async sendAlone(connection: Queries, append: PlacedAppend, record: LogRecord): Promise<GroupOutcome[]> {
    const { stream, expected, partition } = append;
    const [row] = await connection.query<readonly [number, number, number, number]>(this.sql['append-alone'], [
      this.lockWaitMs,
      partition,
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
    const [outcome, revision, nextOffset, position] = row as [number, Revision, Offset, Position];
    if (outcome !== APPENDED) return [{ outcome: 'conflict', stream, expected, actual: revision }];
    return [{ outcome: 'appended', appended: [{ stream, partition, revision, nextOffset, position }] }];
  }
}

/** The event of a batch that holds nothing else. */
function onlyEvent(groups: readonly AppendGroup[]): { append: PlacedAppend; record: LogRecord } | undefined {
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
