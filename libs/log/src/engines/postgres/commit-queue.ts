import { setTimeout as sleep } from 'node:timers/promises';
import type { Database, Queries } from '@annals/postgres';
import { isConnectionLoss, sqlState } from '@annals/postgres';
import { hasCode } from '@annals/message';
import type { FailureKind } from '../../committing/group-commit-options.js';
import { GroupCommit } from '../../group-commit.js';
import { LogUnavailable } from '../../log-unavailable.js';
import { partitionFor } from '../../partition-for.js';
import type { AppendOutcome } from '../../stream-append.js';
import type { AppendGroup, GroupOutcome } from './append-batch.js';
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
}

/** Lets the appends of one process share transactions, and repeats what a lost connection left open. */
export class CommitQueue {
  private readonly commits: GroupCommit<Request, GroupOutcome>;

  constructor(
    private readonly database: Database,
    private readonly appender: Appender,
    private readonly options: Pick<ResolvedLogOptions, 'giveUpAfterMs'>,
  ) {
    this.commits = new GroupCommit<Request, GroupOutcome>({
      commit: (batch, { repeat, skipLocked }) => this.commit(batch, repeat, skipLocked),
      placesOf: ({ partitions }) => partitions,
      weightOf,
      maxWeight: MAX_WEIGHT,
      kindOf,
      isLocked: ({ outcome }) => outcome === 'locked',
      giveUpAfterMs: options.giveUpAfterMs,
    });
  }

  async submit(group: AppendGroup): Promise<AppendOutcome> {
    const { partitions } = this.appender;
    const [first, ...others] = group;
    if (first === undefined) return { outcome: 'appended', appended: [] };
    const places = new Set([first, ...others].map(({ stream }) => partitionFor(stream, partitions)));
    const outcome = await this.commits.submit({ group, partitions: [...places].sort((one, other) => one - other) });
    if (outcome.outcome === 'locked' || outcome.outcome === 'stored')
      throw new Error(`An append ended as ${outcome.outcome}`);
    return outcome;
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
    repeat: boolean,
    skipLocked: boolean,
  ): Promise<readonly GroupOutcome[]> {
    const groups = batch.map(({ group }) => group);
    return this.database.withConnection(async (connection) => {
      if (!repeat) return this.appender.append(connection, groups, { skipLocked });
      const stored = await this.appender.stored(connection, groups);
      const open = groups.filter((_, index) => stored[index] === undefined);
      const appended = open.length === 0 ? [] : await this.appender.append(connection, open, { skipLocked });
      let next = 0;
      return stored.map((outcome) => outcome ?? appended[next++] ?? { outcome: 'locked' });
    });
  }
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
