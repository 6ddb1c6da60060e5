import { newId } from '@annals/message';
import type { NewEvent } from '../stream/new-event.js';
import type { EventTypes } from '../typing/event-types.js';
import type { Stateful } from './state-model.js';

/** Ids of events whose append failed, by place, so that saving a state once more can be recognised as the same append. */
export class KeptIds {
  readonly #ids = new WeakMap<Stateful, string[]>();

  constructor(private readonly types: EventTypes) {}

  /** What waits in a state, each event with the id it had at the last attempt. */
  eventsOf(state: Stateful): readonly NewEvent[] {
    const ids = this.#ids.get(state) ?? [];
    this.#ids.set(state, ids);
    return state.uncommitted.map((event, place) => {
      const declared = this.types.ofClass(event.constructor);
      // An instance of a class may have a field that is called id; only an event given by name has an id.
      if (declared === undefined && 'id' in event && event.id !== undefined) return event;
      const id = (ids[place] ??= newId());
      return declared === undefined
        ? { ...event, id }
        : { type: declared.name, version: declared.version, data: event, id };
    });
  }

  /** The state has been saved. */
  forget(state: Stateful): void {
    this.#ids.delete(state);
  }
}
