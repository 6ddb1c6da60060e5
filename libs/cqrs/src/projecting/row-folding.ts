import type { StreamEvent } from '@annals/event-store';
import { foldMethods } from './fold.js';
import type { FoldMethod } from './fold.js';
import { ProjectionFailed } from './projection-failed.js';
import type { Row, RowChange, RowKey } from './row-table.js';
import { keyText } from './row-table.js';

/** Rows by what they are found by. */
export type Rows = Map<string, { readonly key: RowKey; row: Row | undefined }>;

/** One call of a `@Fold` method that is to come. */
interface Call {
  readonly event: StreamEvent;
  /** Of the event in its batch, from 0. */
  readonly place: number;
  readonly method: PropertyKey;
  readonly key: RowKey;
  readonly text: string;
}

/** How a class with `@Fold` methods makes rows of events. */
export class RowFolding {
  /** @param title of the projection, for errors @param instance of its class */
  constructor(
    private readonly title: string,
    private readonly instance: object,
  ) {}

  /**
   * Which rows the events change, in the order they come.
   * @throws ProjectionFailed (`CQRS_PROJECTION_FAILED`) when an event has no method for its version, or its keys cannot be told
   */
  plan(events: readonly StreamEvent[]): readonly Call[] {
    const prototype = Object.getPrototypeOf(this.instance) as object;
    return events.flatMap((event, place) =>
      this.guarded(event, place, () => {
        const found = foldMethods.methodFor(prototype, event.type, event.version);
        if (found === undefined) return [];
        const keys = found.detail(event as StreamEvent<object>);
        const list = Array.isArray(keys) ? (keys as readonly RowKey[]) : [keys];
        return list.map((key) => ({ event, place, method: found.method, key, text: keyText(key) }));
      }),
    );
  }

  /** The keys of a plan, each once, with their texts. */
  keysOf(plan: readonly Call[]): ReadonlyMap<string, RowKey> {
    return new Map(plan.map(({ text, key }) => [text, key]));
  }

  /**
   * Changes rows as planned.
   * @param rows all that the plan names; changed in place
   * @returns the rows that are to be written or removed
   * @throws ProjectionFailed (`CQRS_PROJECTION_FAILED`) when a method throws
   */
  apply(plan: readonly Call[], rows: Rows): readonly RowChange[] {
    const existed = new Set<string>();
    const touched = new Map<string, RowKey>();
    for (const { event, place, method, key, text } of plan) {
      const at = rows.get(text) ?? { key, row: undefined };
      if (!touched.has(text) && at.row !== undefined) existed.add(text);
      touched.set(text, key);
      const fold = (this.instance as Record<PropertyKey, FoldMethod>)[method]?.bind(this.instance);
      at.row = this.guarded(event, place, () => fold?.(at.row as never, event as StreamEvent<object>, key as never));
      rows.set(text, at);
    }
    return [...touched].flatMap(([text, key]) => {
      const row = rows.get(text)?.row;
      return row === undefined && !existed.has(text) ? [] : [{ key, row }];
    });
  }

  private guarded<Result>(event: StreamEvent, place: number, work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      throw new ProjectionFailed(this.title, event, place, error);
    }
  }
}
