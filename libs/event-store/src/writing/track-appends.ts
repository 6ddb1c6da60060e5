import { AsyncLocalStorage } from 'node:async_hooks';
import type { Checkpoint, StreamAppended } from '@annals/log';
import { checkpointAfter, latest } from '@annals/log';

/** What has been appended in some work, as a checkpoint past it. */
export class AppendTracker {
  private reached: Checkpoint | undefined;

  /** Past all that the work has committed so far; undefined while that is nothing. */
  get checkpoint(): Checkpoint | undefined {
    return this.reached;
  }

  /** @param partitions of the log */
  add(appended: readonly StreamAppended[], partitions: number): void {
    if (appended.length > 0) this.reach(checkpointAfter(appended, partitions));
  }

  /** Something was appended that is past this checkpoint. */
  reach(checkpoint: Checkpoint): void {
    this.reached = this.reached === undefined ? checkpoint : latest(this.reached, checkpoint);
  }
}

const surrounding = new AsyncLocalStorage<AppendTracker>();

/**
 * Runs `work` so that the tracker learns of all that it appends, however deep and however late: what a reader has to wait
 * for to see it. A request's work inside another's is the inner tracker's.
 * @returns what `work` returns
 */
export const trackAppends = <Result>(tracker: AppendTracker, work: () => Result): Result =>
  surrounding.run(tracker, work);

/** The tracker of the calling code, if there is one. */
export const currentTracker = (): AppendTracker | undefined => surrounding.getStore();
