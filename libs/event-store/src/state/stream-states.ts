import type { Enrolment } from '@annals/log';
import type { AppendOptions } from '../stream/append-options.js';
import type { AppendResult } from '../stream/appended.js';
import type { OfTenant } from '../stream/key-of.js';
import { keyOf } from '../stream/key-of.js';
import type { EventTypes } from '../typing/event-types.js';
import { StreamUpdates } from '../updating/stream-updates.js';
import type { Updated, UpdateOptions } from '../updating/update-options.js';
import { appendContext } from '../writing/append-context.js';
import type { ChangeInContext } from '../writing/event-writer.js';
import { KeptIds } from './kept-ids.js';
import type { StateLoader } from './state-loader.js';
import type { Stateful, StateModel } from './state-model.js';

/** What the states of streams work with. */
export interface StreamStatesParts {
  readonly types: EventTypes;
  readonly loader: StateLoader;
  /** Appends, in the unit of work of the calling code if it runs in one. */
  readonly append: (changes: readonly ChangeInContext[]) => Promise<readonly AppendResult[]>;
  /** The unit that the calling code writes in. @throws NotJoined (`STORE_NOT_JOINED`) */
  readonly unitToWrite: () => Enrolment | undefined;
  /** The unit that the calling code reads in. */
  readonly unit: () => Enrolment | undefined;
}

/** Loads, saves and updates the states of streams. */
export class StreamStates {
  readonly #ids: KeptIds;
  readonly #updates: StreamUpdates;

  constructor(private readonly parts: StreamStatesParts) {
    const { loader, append, types } = parts;
    this.#ids = new KeptIds(types);
    this.#updates = new StreamUpdates({
      load: (key, model) => loader.load(key, model),
      append: async (stream, appends) => {
        const results = await append(appends.map((each) => ({ stream, ...each })));
        return results.filter((result) => !result.pending);
      },
      onCommitted: (key, model, state, before) => {
        loader.snapshotIfDue(key, model, state, before);
      },
    });
  }

  load<State extends Stateful>(stream: string, model: StateModel<State>, of: OfTenant = {}): Promise<State> {
    const key = keyOf(stream, of);
    const unit = this.parts.unit();
    return unit === undefined ? this.parts.loader.load(key, model) : this.parts.loader.loadInUnit(key, model, unit);
  }

  async save<State extends Stateful>(
    stream: string,
    model: StateModel<State>,
    state: State,
    options: AppendOptions = {},
  ): Promise<AppendResult | undefined> {
    const { length } = state.uncommitted;
    if (length === 0) return undefined;
    const context = appendContext(options);
    const before = state.revision;
    const events = context.commandId === undefined ? this.#ids.eventsOf(state) : [...state.uncommitted];
    const [result] = await this.parts.append([{ stream, expected: before, events, context }]);
    state.markCommitted();
    this.#ids.forget(state);
    // Another revision is that of the first append of these events, which this one has repeated.
    if (result?.pending === true || result?.revision === before + length) {
      const write = this.parts.loader.takenIfDue(keyOf(stream, context.metadata), model, state, before);
      if (write !== undefined) this.#onceCommitted(result.pending, write);
    }
    return result;
  }

  async update<State extends Stateful, Result>(
    stream: string,
    model: StateModel<State>,
    decide: (state: State) => Result | Promise<Result>,
    options: UpdateOptions = {},
  ): Promise<Updated<Result>> {
    const context = appendContext(options);
    const key = keyOf(stream, context.metadata);
    // Asked as an append asks: in a transaction that no unit has joined nothing may be changed.
    if (this.parts.unitToWrite() === undefined)
      return this.#updates.update({ stream, key, model, context }, decide, options);
    // The unit's commit decides, and the unit as a whole is what may be run again.
    this.#updates.checkNotDeciding(stream);
    const state = await this.load(stream, model, context.metadata);
    const result = await decide(state);
    return { result, appended: await this.save(stream, model, state, options) };
  }

  #onceCommitted(isPending: boolean, write: () => void): void {
    const unit = isPending ? this.parts.unit() : undefined;
    if (unit === undefined) write();
    else unit.afterCommit(write);
  }
}
