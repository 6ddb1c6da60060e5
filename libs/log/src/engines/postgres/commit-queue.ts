import { setTimeout as sleep } from 'node:timers/promises';
import type { Database, Queries } from '@annals/postgres';
import { isConnectionLoss, Pipeline, sqlState } from '@annals/postgres';
import { hasCode } from '@annals/message';
import type { Attempt, FailureKind } from '../../committing/group-commit-options.js';
import { GroupCommit } from '../../group-commit.js';
import { LogUnavailable } from '../../log-unavailable.js';
import type { AppendOutcome, StreamAppend } from '../../stream-append.js';
import type { AppendGroup, GroupOutcome } from './append-batch.js';
import { placed } from './append-batch.js';
import type { Appender } from './appender.js';
import type { ResolvedLogOptions } from './postgres-log.options.js';

const LOCK_NOT_AVAILABLE = '55P03';
const DEADLOCK_DETECTED = '40P01';
const MAX_WEIGHT = 1_000;
/** A batch may hold 1,000 events, or 16 MiB of them. */
const CHARACTERS_PER_WEIGHT = 16 * 1024;
const LONGEST_PAUSE_MS = 1_000;

interface Request {
  readonly group: AppendGroup;
  /** Ascending, each once. */
  readonly partitions: readonly number[];
  readonly streams: readonly string[];
}

/** Lets the appends of one process share transactions, and repeats what a lost connection left open. */
export class CommitQueue {
  private readonly commits: GroupCommit<Request, GroupOutcome>;
  /** One for each lane. */
  private readonly pipelines: Pipeline[] = [];

  /** @param onAppended is called after each batch of which something was appended */
  constructor(
    private readonly database: Database,
    private readonly appender: Appender,
    private readonly options: Pick<ResolvedLogOptions, 'giveUpAfterMs' | 'partitions'>,
    private readonly onAppended: () => void,
  ) {
    this.commits = new GroupCommit<Request, GroupOutcome>({
      commit: (batch, attempt) => this.commit(batch, attempt),
      placesOf: ({ partitions }) => partitions,
      keysOf: ({ streams }) => streams,
      weightOf,
      maxWeight: MAX_WEIGHT,
      kindOf,
      isLocked: ({ outcome }) => outcome === 'locked',
      giveUpAfterMs: options.giveUpAfterMs,
    });
  }

  submit(appends: readonly StreamAppend[]): Promise<AppendOutcome> {
    if (appends.length === 0) return Promise.resolve({ outcome: 'appended', appended: [] });
    const group = placed(appends, this.options.partitions);
    // What is locked is tried again, and what is stored gets its first result: neither is an end.
    return this.commits.submit(requestOf(group)) as Promise<AppendOutcome>;
  }

  /**
   * Does `work`, again and again while the connection is lost or locks are held, until it is given up.
   * @throws LogUnavailable (`LOG_UNAVAILABLE`)
   */
  async insist<Result>(work: (connection: Queries) => Promise<Result>): Promise<Result> {
    const started = performance.now();
    for (let pauseMs = 10; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      try {
        return await this.database.withConnection(work);
      } catch (error) {
        if (kindOf(error) === 'statement') throw error;
        if (performance.now() - started > this.options.giveUpAfterMs) {
          const waited = `${this.options.giveUpAfterMs} ms`;
          throw new LogUnavailable(
            `Whether the unit of work was committed could not be learnt within ${waited}`,
            error,
          );
        }
        await sleep(pauseMs);
      }
    }
  }

  async stop(): Promise<void> {
    await this.commits.stop();
  }

  private async commit(
    batch: readonly Request[],
    { lane, repeat, skipLocked }: Attempt,
  ): Promise<readonly GroupOutcome[]> {
    const groups = batch.map(({ group }) => group);
    const connection = (this.pipelines[lane] ??= new Pipeline(this.database));
    const outcomes = repeat
      ? await this.repeat(connection, groups, skipLocked)
      : await this.appender.append(connection, groups, { skipLocked });
    if (outcomes.some(({ outcome }) => outcome === 'appended')) this.onAppended();
    return outcomes;
  }

  private async repeat(
    connection: Queries,
    groups: readonly AppendGroup[],
    skipLocked: boolean,
  ): Promise<readonly GroupOutcome[]> {
    const stored = await this.appender.stored(connection, groups);
    const open = groups.filter((_, index) => stored[index] === undefined);
    const appended = open.length === 0 ? [] : await this.appender.append(connection, open, { skipLocked });
    let next = 0;
    return stored.map((outcome) => outcome ?? appended[next++] ?? { outcome: 'locked' });
  }
}

function requestOf(group: AppendGroup): Request {
  const [first] = group;
  if (group.length === 1 && first !== undefined)
    return { group, partitions: [first.partition], streams: [first.stream] };
  const partitions = [...new Set(group.map(({ partition }) => partition))].sort((one, other) => one - other);
  return { group, partitions, streams: group.map(({ stream }) => stream) };
}

function weightOf({ group }: Request): number {
  let weight = 0;
  for (const { records } of group) {
    for (const { data } of records) weight += 1 + Math.floor(data.length / CHARACTERS_PER_WEIGHT);
  }
  return weight;
}

function kindOf(error: unknown): FailureKind {
  if (hasCode(error, 'POSTGRES_UNAVAILABLE') || isConnectionLoss(error)) return 'connection-lost';
  const state = sqlState(error);
  return state === LOCK_NOT_AVAILABLE || state === DEADLOCK_DETECTED ? 'locked' : 'statement';
}
