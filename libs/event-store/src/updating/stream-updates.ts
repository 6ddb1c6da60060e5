import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import type { Stateful, StateModel } from '../state/state-model.js';
import type { AppendContext } from '../writing/append-context.js';
import { NestedUpdate } from './nested-update.js';
import type { QueuedAppend, StreamQueueParts } from './stream-queue.js';
import { StreamQueue } from './stream-queue.js';
import type { Appended } from '../stream/appended.js';
import type { Updated, UpdateOptions } from './update-options.js';
import { resolveUpdate } from './update-options.js';

const KEPT_STATES = 1_000;

/** A decision that is being made. */
interface Deciding {
  readonly stream: string;
  active: boolean;
}

/** What updates work with. */
export interface StreamUpdatesParts {
  readonly load: <State extends Stateful>(key: string, model: StateModel<State>) => Promise<State>;
  readonly append: (stream: string, appends: readonly QueuedAppend[]) => Promise<readonly Appended[]>;
  readonly onCommitted: <State extends Stateful>(
    key: string,
    model: StateModel<State>,
    state: State,
    before: number,
  ) => void;
}

/** A stream to be updated. */
export interface StreamToUpdate<State extends Stateful> {
  readonly stream: string;
  readonly key: string;
  readonly model: StateModel<State>;
  readonly context: AppendContext;
}

type Queues<State extends Stateful> = Map<string, StreamQueue<State>>;

/** The queues of this process, one for each stream and model; those used last are kept, with the states they hold. */
export class StreamUpdates {
  /** Typed again where they are found by their model. */
  readonly #byModel = new WeakMap<object, unknown>();
  readonly #deciding = new AsyncLocalStorage<Deciding>();
  /** Queues work in the context in which the store was made: none of their callers' transactions and metadata are theirs. */
  readonly #neutral = new AsyncResource('StreamUpdates');

  constructor(private readonly parts: StreamUpdatesParts) {}

  /** @throws NestedUpdate (`STORE_NESTED_UPDATE`) */
  async update<State extends Stateful, Result>(
    to: StreamToUpdate<State>,
    decide: (state: State) => Result | Promise<Result>,
    options: UpdateOptions,
  ): Promise<Updated<Result>> {
    const { attempts, pause } = resolveUpdate(options);
    this.checkNotDeciding(to.stream);
    const queues = this.#queuesOf(to.model);
    const queue = queues.get(to.key) ?? new StreamQueue<State>(this.#partsOf(to));
    // The one used last stands last.
    queues.delete(to.key);
    queues.set(to.key, queue);
    const deciding = { stream: to.stream, active: true };
    // A resource of its own costs a third of what AsyncResource.bind does.
    const caller = new AsyncResource('StreamUpdate', { requireManualDestroy: true });
    const inContext = (state: State): unknown =>
      caller.runInAsyncScope(() => this.#deciding.run(deciding, () => decide(state)));
    const changed = new Promise<Updated<Result>>((resolve, reject) => {
      const answer = resolve as (changed: Updated<unknown>) => void;
      const change = {
        decide: inContext,
        context: to.context,
        attempts,
        pause,
        resolve: answer,
        reject,
        attempt: 0,
        alone: false,
      };
      this.#neutral.runInAsyncScope(() => {
        queue.add(change);
      });
    });
    // Only now that it is at work this one is safe from being forgotten itself.
    forgetOldest(queues, to.model.keptStates ?? KEPT_STATES);
    return changed.finally(() => {
      deciding.active = false;
      forgetOldest(queues, to.model.keptStates ?? KEPT_STATES);
    });
  }

  /** @throws NestedUpdate (`STORE_NESTED_UPDATE`) when the calling code is a decision, or runs inside one */
  checkNotDeciding(stream: string): void {
    const deciding = this.#deciding.getStore();
    if (deciding?.active === true) throw new NestedUpdate(stream, deciding.stream);
  }

  #queuesOf<State extends Stateful>(model: StateModel<State>): Queues<State> {
    let queues = this.#byModel.get(model) as Queues<State> | undefined;
    if (queues === undefined) {
      queues = new Map();
      this.#byModel.set(model, queues);
    }
    return queues;
  }

  #partsOf<State extends Stateful>({ stream, key, model }: StreamToUpdate<State>): StreamQueueParts<State> {
    return {
      load: () => this.parts.load(key, model),
      append: (appends) => this.parts.append(stream, appends),
      onCommitted: (state, before) => {
        this.parts.onCommitted(key, model, state, before);
      },
    };
  }
}

/** A queue at work is kept, whatever its age: a second one for its stream would decide beside it. */
function forgetOldest<State extends Stateful>(queues: Queues<State>, most: number): void {
  if (queues.size <= most) return;
  for (const [key, queue] of queues) {
    if (!queue.isIdle) continue;
    queues.delete(key);
    if (queues.size <= most) return;
  }
}
