import type { Enrolment, Log } from '@annals/log';
import { streamOfKey } from '@annals/log';
import { isArchived } from '../closing/is-archived.js';
import type { EventDecoder } from '../reading/event-decoder.js';
import { resolveRange } from '../reading/resolve-read-options.js';
import { replayedEvents, replayedInUnit } from '../reading/stream-events.js';
import type { Snapshot, SnapshotStore } from '../snapshot/snapshot-store.js';
import { StateText } from '../snapshot/state-text.js';
import type { SnapshotWriter } from '../snapshot/snapshot-writer.js';
import type { SnapshotModel, Stateful, StateModel } from './state-model.js';

/** Events of a stream that come with its snapshot. */
const FIRST_PAGE = 1_024;

/** What states are loaded from. */
export interface StateLoaderParts {
  readonly log: Log;
  readonly decoder: EventDecoder;
  readonly snapshots: SnapshotStore | undefined;
  readonly writer: SnapshotWriter | undefined;
  /** Told of a snapshot that cannot be taken, or not be used; the stream is replayed then. */
  readonly onFault: (error: unknown, stream: string) => void;
}

/**
 * Makes states from streams: from the newest snapshot of the model's version on, if there is one, and takes the
 * snapshots that are due.
 */
export class StateLoader {
  readonly #texts = new WeakMap<object, StateText>();

  constructor(private readonly parts: StateLoaderParts) {}

  /** The state that the committed events of a stream have led to; at revision 0 when there are none. */
  async load<State extends Stateful>(key: string, model: StateModel<State>): Promise<State> {
    const { snapshots } = this.parts;
    if (model.snapshot === undefined || snapshots === undefined)
      return this.#replayOn(model.create(streamOfKey(key).stream), key);
    const { snapshot, records } = await snapshots.resume(key, kindOf(model, model.snapshot), FIRST_PAGE);
    if (isArchived(key, records)) return model.create(streamOfKey(key).stream);
    const state = this.#restored(key, model, model.snapshot, snapshot);
    // A snapshot that is of no use does not show which events came before it.
    if (state === undefined) return this.#replayOn(model.create(streamOfKey(key).stream), key);
    for (const event of await this.parts.decoder.replayed(key, records)) state.replay(event);
    if (records.length === FIRST_PAGE) await this.#replayOn(state, key);
    this.snapshotIfDue(key, model, state, snapshot?.revision ?? 0);
    return state;
  }

  /** The same as a unit of work sees it: what is enrolled there follows. */
  async loadInUnit<State extends Stateful>(key: string, model: StateModel<State>, unit: Enrolment): Promise<State> {
    const { snapshot } = model;
    const found = snapshot && (await this.parts.snapshots?.find(key, kindOf(model, snapshot)));
    const state = (snapshot && this.#restored(key, model, snapshot, found)) ?? model.create(streamOfKey(key).stream);
    const range = resolveRange({ from: state.revision + 1 });
    for await (const events of replayedInUnit(this.parts.log, this.parts.decoder, unit, key, range)) {
      for (const event of events) state.replay(event);
    }
    return state;
  }

  /** Takes a snapshot of a committed state if one is due; it is written later. @param before the revision before */
  snapshotIfDue<State extends Stateful>(key: string, model: StateModel<State>, state: State, before: number): void {
    this.takenIfDue(key, model, state, before)?.();
  }

  /** The same, but for a state that is committed only later: the caller has it written when it is. */
  takenIfDue<State extends Stateful>(
    key: string,
    { name, snapshot }: StateModel<State>,
    state: State,
    before: number,
  ): (() => void) | undefined {
    const { revision } = state;
    const { writer } = this.parts;
    if (snapshot === undefined || writer === undefined || revision === before) return undefined;
    try {
      if (!snapshot.policy.isDue({ before, after: revision })) return undefined;
      const text = this.#textOf(snapshot).encode(snapshot.capture(state));
      const kind = { model: name, version: snapshot.policy.version };
      return () => {
        writer.write(key, kind, { revision, state: text });
      };
    } catch (error) {
      this.parts.onFault(error, streamOfKey(key).stream);
      return undefined;
    }
  }

  async #replayOn<State extends Stateful>(state: State, key: string): Promise<State> {
    const range = resolveRange({ from: state.revision + 1 });
    for await (const events of replayedEvents(this.parts.log, this.parts.decoder, key, range)) {
      for (const event of events) state.replay(event);
    }
    return state;
  }

  #restored<State extends Stateful>(
    key: string,
    model: StateModel<State>,
    snapshot: SnapshotModel<State>,
    found: Snapshot | undefined,
  ): State | undefined {
    const state = model.create(streamOfKey(key).stream);
    if (found === undefined) return state;
    try {
      snapshot.restore(state, found.revision, this.#textOf(snapshot).decode(found.state));
      return state;
    } catch (error) {
      this.parts.onFault(error, streamOfKey(key).stream);
      return undefined;
    }
  }

  #textOf<State extends Stateful>(snapshot: SnapshotModel<State>): StateText {
    let text = this.#texts.get(snapshot);
    if (text === undefined) {
      text = new StateText(snapshot.policy.codecs);
      this.#texts.set(snapshot, text);
    }
    return text;
  }
}

const kindOf = <State extends Stateful>({ name }: StateModel<State>, { policy }: SnapshotModel<State>) => ({
  model: name,
  version: policy.version,
});
