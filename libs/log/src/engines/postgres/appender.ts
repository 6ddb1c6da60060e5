import type { Queries } from '@annals/postgres';
import { sqlState, statements } from '@annals/postgres';
import { IsolationLevel } from '../../isolation-level.js';
import { partitionFor } from '../../partition-for.js';
import type { AppendOutcome, StreamAppend } from '../../stream-append.js';
import type { AppendGroup, BatchRow, GroupOutcome } from './append-batch.js';
import { groupOutcomes } from './append-batch.js';
import { BatchParameters, EventColumns, expectation } from './batch-parameters.js';
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
  private readonly events = new EventColumns();

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
    const [group] = groups;
    const [append] = group ?? [];
    const alone =
      groups.length === 1 && group?.length === 1 && options.skipLocked !== true && options.holdMs === undefined;
    if (append && alone) return this.sendAlone(connection, append);
    const [row] = await connection.query<BatchRow>(this.sql['append-events'], [
      this.lockWaitMs,
      options.holdMs ?? null,
      options.skipLocked ?? false,
      ...this.batch.of(groups),
    ]);
    if (row === undefined) throw new Error('append_events returned no row');
    return groupOutcomes(groups, row, this.partitions);
  }

  private async sendAlone(connection: Queries, { stream, expected, records }: StreamAppend): Promise<GroupOutcome[]> {
    for (const [index, record] of records.entries()) this.events.add(record, index + 1);
    const { ordinal, others } = this.events.take();
    const [row] = await connection.query<readonly [number, number, number, number]>(this.sql['append-alone'], [
      this.lockWaitMs,
      partitionFor(stream, this.partitions),
      stream,
      expectation(expected),
      ordinal,
      ...others,
    ]);
    if (row === undefined) throw new Error('append_alone returned no row');
    const [outcome, revision, nextOffset, position] = row;
    return groupOutcomes(
      [[{ stream, expected, records }]],
      [[outcome], [revision], [nextOffset], [position]],
      this.partitions,
    );
  }
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
