import { hasCode } from '@annals/message';
import type { Appended } from '../stream/appended.js';
import type { NewEvent } from '../stream/new-event.js';
import type { Stateful } from '../state/state-model.js';
import type { AppendContext } from '../writing/append-context.js';

/** Changes that one append carries at the most. */
const MOST_AT_ONCE = 500;

/** One decision that waits for its turn. */
export interface QueuedChange<State extends Stateful> {
  /** Runs in the caller's own asynchronous context. */
  readonly decide: (state: State) => unknown;
  readonly context: AppendContext;
  /** Executions at the most. */
  readonly attempts: number;
  /** Waits before another attempt. */
  readonly pause: (attempt: number) => Promise<unknown>;
  readonly resolve: (changed: Changed) => void;
  readonly reject: (error: unknown) => void;
  /** How often it was executed. */
  attempt: number;
  /** Must share an append with no other: an append that had it failed. */
  alone: boolean;
}

/** What a decision led to. */
export interface Changed {
  readonly result: unknown;
  /** Undefined when nothing was decided. */
  readonly appended: Appended | undefined;
}

/** One decision's part of the append. */
export interface QueuedAppend {
  readonly expected: number;
  readonly events: readonly NewEvent[];
  readonly context: AppendContext;
}

/** What a queue works with. */
export interface StreamQueueParts<State extends Stateful> {
  /** The state as it is committed when this is called, or newer. */
  readonly load: () => Promise<State>;
  /** Appends all or none. */
  readonly append: (appends: readonly QueuedAppend[]) => Promise<readonly Appended[]>;
  /** Told of each state that was committed. */
  readonly onCommitted: (state: State, before: number) => void;
}

/** A decision that was executed. */
interface Executed<State extends Stateful> {
  readonly change: QueuedChange<State>;
  readonly from: number;
  readonly to: number;
  readonly outcome: { readonly result: unknown } | { readonly refusal: unknown };
}

/** Decisions that were made one after the other on one state. */
interface Round<State extends Stateful> {
  readonly state: State;
  readonly executed: readonly Executed<State>[];
  /** The state was read after all of them had been asked for. */
  readonly isFresh: boolean;
  /** A decision failed half-way, and left events in the state that are not appended. */
  readonly isSpoilt: boolean;
}

/**
 * The changes of one stream in this process, one decided after the other, each on the state that the ones before it have
 * left. Those that wait while an append is under way go into the next one together.
 *
 * ```
 *   change ─► waiting ─► decided on the state held ─► one append, expecting the revision of that state
 *                ▲                                         │ conflict: the state held is dropped, decided again
 *                └─────────────────────────────────────────┘
 * ```
 * The state held between two appends may be out of date. The expected revision shows it when something is appended; a
 * decision that appends nothing, or refuses, is told only once an empty append has shown that the state was current.
 */
export class StreamQueue<State extends Stateful> {
  readonly #waiting: QueuedChange<State>[] = [];
  #held: State | undefined;
  #running = false;

  constructor(private readonly parts: StreamQueueParts<State>) {}

  /** Whether nothing waits and nothing is under way. */
  get isIdle(): boolean {
    return !this.#running;
  }

  add(change: QueuedChange<State>): void {
    this.#waiting.push(change);
    if (this.#running) return;
    this.#running = true;
    // What is asked for in the same turn of the event loop shares the first append.
    queueMicrotask(() => void this.#run());
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const round = await this.#decide();
      if (round === undefined) continue;
      await this.#commit(round);
      // Whoever has just been answered comes back in this turn with the next change.
      if (round.executed.length > 1) await new Promise(setImmediate);
    }
    this.#running = false;
  }

  async #decide(): Promise<Round<State> | undefined> {
    const isFresh = this.#held === undefined;
    let most = this.#waiting[0]?.alone === true ? 1 : MOST_AT_ONCE;
    if (this.#held === undefined) {
      // Those that come while it is read may know of something newer.
      most = Math.min(most, this.#waiting.length);
      try {
        this.#held = await this.parts.load();
      } catch (error) {
        for (const { reject } of this.#waiting.splice(0, most)) reject(error);
        return undefined;
      }
    }
    const state = this.#held;
    const executed: Executed<State>[] = [];
    while (executed.length < most && this.#waiting.length > 0) {
      if (executed.length > 0 && this.#waiting[0]?.alone === true) break;
      const done = await execute(this.#waiting.shift() as QueuedChange<State>, state);
      executed.push(done);
      if ('refusal' in done.outcome && state.uncommitted.length > done.from) {
        return { state, executed, isFresh, isSpoilt: true };
      }
    }
    return { state, executed, isFresh, isSpoilt: false };
  }

  async #commit(round: Round<State>): Promise<void> {
    const { state, executed, isFresh, isSpoilt } = round;
    const before = state.revision;
    const appending = executed.filter(({ outcome, from, to }) => 'result' in outcome && to > from);
    const appends = appending.map(({ change: { context }, from, to }) => ({
      expected: before + from,
      events: state.uncommitted.slice(from, to),
      context,
    }));
    try {
      const last = executed.at(-1)?.change.context;
      if (appends.length === 0 && !isFresh && last !== undefined) {
        await this.parts.append([{ expected: before, events: [], context: last }]);
      }
      const appended = appends.length === 0 ? [] : await this.parts.append(appends);
      this.#keep(round, before, appended.at(-1));
      const places = new Map(appending.map(({ change }, index) => [change, appended[index]]));
      for (const { change, outcome } of executed) {
        if ('refusal' in outcome) change.reject(outcome.refusal);
        else change.resolve({ result: outcome.result, appended: places.get(change) });
      }
    } catch (error) {
      this.#held = undefined;
      await this.#failed(executed, error);
    }
    if (isSpoilt) this.#held = undefined;
  }

  /** Holds on to the state that was committed. */
  #keep({ state, isSpoilt }: Round<State>, before: number, last: Appended | undefined): void {
    if (last === undefined || isSpoilt) return;
    // Otherwise these events were there already: the first result of an append that was repeated.
    if (last.revision !== before + state.uncommitted.length) {
      this.#held = undefined;
      return;
    }
    state.markCommitted();
    this.parts.onCommitted(state, before);
  }

  async #failed(executed: readonly Executed<State>[], error: unknown): Promise<void> {
    const again: QueuedChange<State>[] = [];
    for (const { change } of executed) {
      if (isConflict(error) ? change.attempt >= change.attempts : executed.length === 1 || !isNothingWritten(error)) {
        change.reject(error);
        continue;
      }
      // Which of them is at fault shows when each stands alone.
      if (!isConflict(error)) {
        change.alone = true;
        change.attempt -= 1;
      }
      again.push(change);
    }
    this.#waiting.unshift(...again);
    const [first] = again;
    // A pause that fails is none: nobody else's change may be lost to it.
    if (first !== undefined && isConflict(error)) await first.pause(first.attempt).catch(() => undefined);
  }
}

async function execute<State extends Stateful>(change: QueuedChange<State>, state: State): Promise<Executed<State>> {
  const from = state.uncommitted.length;
  change.attempt += 1;
  try {
    const deciding = change.decide(state);
    // No pause where there is nothing to wait for: the decisions of a busy stream are made in one go.
    const result = isThenable(deciding) ? await deciding : deciding;
    return { change, from, to: state.uncommitted.length, outcome: { result } };
  } catch (refusal) {
    return { change, from, to: from, outcome: { refusal } };
  }
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';

const isConflict = (error: unknown): boolean => hasCode(error, 'STORE_WRONG_EXPECTED_REVISION');

/** Whether an error says for certain that nothing was appended, because of what was to be appended. */
const isNothingWritten = (error: unknown): boolean => NOTHING_WRITTEN.some((code) => hasCode(error, code));

const NOTHING_WRITTEN = [
  'STORE_INVALID_EVENT',
  'STORE_EVENT_ID_REUSED',
  'STORE_STREAM_CLOSED',
  'MESSAGE_NOT_ENCODABLE',
  'MESSAGE_TOO_LARGE',
  'MESSAGE_INVALID_ID',
] as const;
