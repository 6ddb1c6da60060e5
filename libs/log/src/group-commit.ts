import { BatchRunner } from './committing/batch-runner.js';
import type { GroupCommitOptions } from './committing/group-commit-options.js';
import { resolveGroupCommitOptions } from './committing/group-commit-options.js';
import { Blocked, ParkedRequests } from './committing/parked-requests.js';
import { Pending } from './committing/pending.js';
import { LogUnavailable } from './log-unavailable.js';

/** Batches under way in the only lane: one that the database works at, and one behind it. */
const UNDER_WAY = 2;

/**
 * Lets concurrent requests share transactions: whatever arrives while batches are in flight is the next batch. No timer
 * holds anything back; `setImmediate` gathers what one turn of the event loop brings.
 *
 * ```
 * submit ─► waiting ─┬─ few ──► lane 0, one batch behind the other ───────┐
 *              ▲     └─ many ─► lane (place mod lanes), each its own ─────┼─► settled
 *              │                                                          ▼
 *              └──────────── later requests for its places ──── parked: lane after the last, in turns
 * ```
 * Requests with a key in common keep their order: while one is in flight the other waits, a key's place belongs to one
 * lane, and a request for places of several lanes goes when all lanes are free. A failure of one request's content
 * rejects that one alone; after a lost connection the batch is repeated; a place locked by another holds up only the
 * requests for it.
 */
export class GroupCommit<Request, Outcome> {
  readonly #options: Required<GroupCommitOptions<Request, Outcome>>;
  readonly #runner: BatchRunner<Request, Outcome>;
  readonly #parked: ParkedRequests<Request, Outcome>;
  /** The lanes that work side by side just now, each on its own batch. */
  readonly #busy: boolean[];
  /** The batches under way in lane 0 while it is the only one. */
  readonly #underWay = new Set<readonly Pending<Request, Outcome>[]>();
  #waiting: Pending<Request, Outcome>[] = [];
  #retryingParked = false;
  #scheduled = false;
  #unsettled = 0;
  #stopped = false;
  readonly #whenIdle: (() => void)[] = [];

  /** @throws RangeError that names every option at fault */
  constructor(options: GroupCommitOptions<Request, Outcome>) {
    this.#options = resolveGroupCommitOptions(options);
    this.#parked = new ParkedRequests(this.#options.placesOf);
    this.#busy = new Array<boolean>(this.#options.lanes).fill(false);
    this.#runner = new BatchRunner(this.#options, () => {
      // What waits behind a lost connection fails with it, so that nobody waits for longer than giveUpAfterMs.
      const now = this.#options.now();
      for (const pending of this.#waiting) pending.failingSince ??= now;
    });
  }

  /** Requests that are neither in flight nor settled. */
  get waiting(): number {
    return this.#waiting.length + this.#parked.size;
  }

  /**
   * Hands in a request; the outcome comes when its batch is committed.
   * @throws LogUnavailable (`LOG_UNAVAILABLE`) when its outcome could not be learnt within `giveUpAfterMs`, or after `stop`;
   *   or the error of kind `statement` that it caused
   */
  submit(request: Request): Promise<Outcome> {
    if (this.#stopped) return Promise.reject(new LogUnavailable('The log has been stopped: append before stop()'));
    return new Promise<Outcome>((resolve, reject) => {
      this.#waiting.push(new Pending(request, resolve, reject));
      this.#unsettled += 1;
      this.#schedule();
    });
  }

  /** Takes no more requests, and resolves when all it took are settled. May be called twice. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#unsettled === 0) return;
    await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(this.#startLanes);
  }

  readonly #startLanes = (): void => {
    this.#scheduled = false;
    const splits = this.#splits();
    if (this.#busy.includes(true) || (splits && this.#underWay.size === 0)) this.#startSideBySide();
    else if (!splits) this.#startInOneLane();
  };

  /** Whether it pays to use several lanes; what needs several places takes a whole turn. */
  #splits(): boolean {
    const { lanes, splitAbove, placesOf } = this.#options;
    const [first] = this.#waiting;
    return (
      lanes > 1 && this.#waiting.length > splitAbove && first !== undefined && placesOf(first.request).length === 1
    );
  }

  #startSideBySide(): void {
    const { lanes, placesOf } = this.#options;
    for (let lane = 0; lane < lanes; lane += 1) {
      if (this.#busy[lane]) continue;
      const isForLane = ({ request }: Pending<Request, Outcome>): boolean =>
        (placesOf(request)[0] ?? 0) % lanes === lane;
      // Before a request for several places it stops: that one waits until all lanes are free.
      const isAlone = ({ request }: Pending<Request, Outcome>): boolean => placesOf(request).length !== 1;
      const batch = this.#take(this.#waiting.length, isForLane, isAlone);
      if (batch.length === 0) continue;
      this.#busy[lane] = true;
      this.#run(batch, lane, () => (this.#busy[lane] = false));
    }
  }

  #startInOneLane(): void {
    const { followFrom } = this.#options;
    while (this.#underWay.size < UNDER_WAY) {
      const { length } = this.#waiting;
      const follows = this.#underWay.size > 0;
      if (length === 0 || (follows && length < followFrom)) return;
      const batch = follows
        ? this.#take(length, this.#isApart())
        : this.#take(length < followFrom * 2 || this.#isCrowded() ? length : Math.ceil(length / 2));
      if (batch.length === 0) return;
      this.#underWay.add(batch);
      this.#run(batch, 0, () => this.#underWay.delete(batch));
    }
  }

  /** Whether most of what waits is for a key that others wait for, too: the second half could not follow the first. */
  #isCrowded(): boolean {
    const keys = new Set<string>();
    for (const { request } of this.#waiting) for (const key of this.#options.keysOf(request)) keys.add(key);
    return keys.size * 2 <= this.#waiting.length;
  }

  /** Tells what has no key in common with what is under way, nor with what waits for that. */
  #isApart(): (pending: Pending<Request, Outcome>) => boolean {
    const { keysOf } = this.#options;
    const blocked = new Blocked<string>([]);
    for (const batch of this.#underWay) for (const { request } of batch) blocked.add(keysOf(request));
    return ({ request }) => !blocked.holdsUp(keysOf(request));
  }

  /**
   * Takes the next batch out of those that wait.
   * @param most so many at the most
   * @param belongs whether a request is for this batch; the others stay
   * @param ends whether to stop before a request
   */
  #take(
    most: number,
    belongs: (pending: Pending<Request, Outcome>) => boolean = () => true,
    ends: (pending: Pending<Request, Outcome>) => boolean = () => false,
  ): Pending<Request, Outcome>[] {
    const { placesOf, weightOf, maxWeight } = this.#options;
    const batch: Pending<Request, Outcome>[] = [];
    const left: Pending<Request, Outcome>[] = [];
    const blocked = this.#parked.blockedPlaces();
    let weight = 0;
    let at = 0;
    for (; at < this.#waiting.length && batch.length < most; at += 1) {
      const pending = this.#waiting[at] as Pending<Request, Outcome>;
      if (ends(pending)) break;
      if (blocked?.holdsUp(placesOf(pending.request))) {
        pending.failingSince ??= this.#options.now();
        left.push(pending);
      } else if (belongs(pending)) {
        weight += weightOf(pending.request);
        if (weight > maxWeight && batch.length > 0) break;
        batch.push(pending);
      } else {
        left.push(pending);
      }
    }
    this.#waiting = at === this.#waiting.length ? left : left.concat(this.#waiting.slice(at));
    return batch;
  }

  #run(batch: readonly Pending<Request, Outcome>[], lane: number, ended: () => void): void {
    void this.#runner.run(batch, lane).then((locked) => {
      ended();
      this.#parked.park(locked);
      this.#settled(batch.length - locked.length);
      this.#retryParked();
      if (this.#waiting.length > 0) this.#schedule();
    });
  }

  #retryParked(): void {
    if (this.#retryingParked || this.#parked.size === 0) return;
    this.#retryingParked = true;
    void this.#retryInTurns();
  }

  async #retryInTurns(): Promise<void> {
    for (let failures = 1; this.#parked.size > 0; failures += 1) {
      const batch = this.#withinWeight(this.#parked.next());
      const locked = await this.#runner.run(batch, this.#options.lanes);
      const settled = new Set(batch);
      for (const pending of locked) settled.delete(pending);
      this.#parked.remove(settled);
      this.#settled(settled.size);
      if (settled.size > 0 && this.#waiting.length > 0) this.#schedule();
      if (settled.size > 0) failures = 0;
      else await this.#options.sleep(this.#options.backoffMs(failures));
    }
    this.#retryingParked = false;
  }

  #withinWeight(batch: readonly Pending<Request, Outcome>[]): readonly Pending<Request, Outcome>[] {
    let weight = 0;
    const end = batch.findIndex(
      ({ request }, at) => (weight += this.#options.weightOf(request)) > this.#options.maxWeight && at > 0,
    );
    return end < 0 ? batch : batch.slice(0, end);
  }

  #settled(requests: number): void {
    this.#unsettled -= requests;
    if (this.#unsettled > 0) return;
    for (const resolve of this.#whenIdle.splice(0)) resolve();
  }
}
