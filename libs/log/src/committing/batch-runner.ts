import { LogUnavailable } from '../log-unavailable.js';
import type { GroupCommitOptions } from './group-commit-options.js';
import type { Pending } from './pending.js';
import { Blocked, samePlaces } from './parked-requests.js';

/**
 * Carries a batch through its failures until each request is settled or known to be locked:
 *
 * ```
 *            ┌── connection lost: wait, again with `repeat`, until given up ──┐
 * attempt ───┼── statement: the two halves, one after the other; alone: its error
 *            ├── locked: again, skipping what is locked; alone: locked
 *            └── outcomes: settled, or locked
 * ```
 */
export class BatchRunner<Request, Outcome> {
  /**
   * @param onLost is told of each lost connection, before the wait
   */
  constructor(
    private readonly options: Required<GroupCommitOptions<Request, Outcome>>,
    private readonly onLost: () => void,
  ) {}

  /** Settles the requests of the batch, but for those it returns: they are locked. Never rejects. */
  async run(
    batch: readonly Pending<Request, Outcome>[],
    lane: number,
    skipLocked = false,
  ): Promise<readonly Pending<Request, Outcome>[]> {
    let left = batch;
    for (let failures = 1; left.length > 0; failures += 1) {
      try {
        const repeat = left.some((pending) => pending.repeat);
        const requests = left.map(({ request }) => request);
        return this.#settle(left, await this.options.commit(requests, { lane, repeat, skipLocked }));
      } catch (error) {
        switch (this.options.kindOf(error)) {
          case 'locked':
            if (skipLocked || this.#allAtOnePlace(left)) return this.unlessTooLate(left, error);
            return await this.#skipLocked(left, lane, error);
          case 'connection-lost':
            left = await this.#afterLoss(left, failures, error);
            break;
          default:
            return await this.#halve(left, lane, skipLocked, error);
        }
      }
    }
    return [];
  }

  /** Rejects the requests that have failed for too long, and returns the others. */
  unlessTooLate(batch: readonly Pending<Request, Outcome>[], cause: unknown): readonly Pending<Request, Outcome>[] {
    const { giveUpAfterMs } = this.options;
    const now = this.options.now();
    return batch.filter((pending) => {
      pending.failingSince ??= now;
      if (now - pending.failingSince < giveUpAfterMs) return true;
      pending.reject(
        new LogUnavailable(
          pending.repeat
            ? `No connection for ${giveUpAfterMs} ms, and whether it was appended is not known: repeat it with the same ids`
            : `Not appended, since its partition was locked or the log out of reach for ${giveUpAfterMs} ms: try again`,
          cause,
        ),
      );
      return false;
    });
  }

  #settle(
    batch: readonly Pending<Request, Outcome>[],
    outcomes: readonly Outcome[],
  ): readonly Pending<Request, Outcome>[] {
    let locked: Pending<Request, Outcome>[] | undefined;
    for (let index = 0; index < batch.length; index += 1) {
      const pending = batch[index] as Pending<Request, Outcome>;
      if (index >= outcomes.length) {
        pending.reject(new Error(`commit gave ${outcomes.length} outcomes for ${batch.length} requests`));
        continue;
      }
      const outcome = outcomes[index] as Outcome;
      if (this.options.isLocked(outcome)) (locked ??= []).push(pending);
      else pending.resolve(outcome);
    }
    return locked === undefined ? [] : this.unlessTooLate(locked, undefined);
  }

  async #halve(
    batch: readonly Pending<Request, Outcome>[],
    lane: number,
    skipLocked: boolean,
    error: unknown,
  ): Promise<readonly Pending<Request, Outcome>[]> {
    if (batch.length === 1) {
      batch[0]?.reject(error);
      return [];
    }
    const half = batch.slice(batch.length >> 1);
    const locked = await this.run(batch.slice(0, batch.length >> 1), lane, skipLocked);
    // What became free in between must not be taken by the second half before the first.
    const taken = new Blocked(locked.flatMap(({ request }) => this.options.placesOf(request)));
    const behind = new Set(half.filter(({ request }) => taken.holdsUp(this.options.placesOf(request))));
    const lockedToo = await this.run(without(half, behind), lane, skipLocked);
    return [...locked, ...half.filter((pending) => behind.has(pending) || lockedToo.includes(pending))];
  }

  /** Commits what is free. A request for several places could be passed by a later one for the free ones of them, so it waits. */
  async #skipLocked(
    batch: readonly Pending<Request, Outcome>[],
    lane: number,
    error: unknown,
  ): Promise<readonly Pending<Request, Outcome>[]> {
    const taken = new Blocked<number>([]);
    const behind = new Set(
      batch.filter(({ request }) => {
        const places = this.options.placesOf(request);
        return taken.holdsUp(places) || (places.length > 1 && taken.add(places));
      }),
    );
    const locked = new Set([...behind, ...(await this.run(without(batch, behind), lane, true))]);
    return this.unlessTooLate(
      batch.filter((pending) => locked.has(pending)),
      error,
    );
  }

  async #afterLoss(
    batch: readonly Pending<Request, Outcome>[],
    failures: number,
    error: unknown,
  ): Promise<readonly Pending<Request, Outcome>[]> {
    for (const pending of batch) pending.repeat = true;
    this.onLost();
    const left = this.unlessTooLate(batch, error);
    if (left.length > 0) await this.options.sleep(this.options.backoffMs(failures));
    return left;
  }

  #allAtOnePlace([first, ...others]: readonly Pending<Request, Outcome>[]): boolean {
    const { placesOf } = this.options;
    return first !== undefined && others.every((other) => samePlaces(placesOf(first.request), placesOf(other.request)));
  }
}

const without = <Item>(items: readonly Item[], excluded: ReadonlySet<Item>): readonly Item[] =>
  excluded.size === 0 ? items : items.filter((item) => !excluded.has(item));
