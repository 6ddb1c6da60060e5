import { AssertionError, deepStrictEqual, ok } from 'node:assert';
import { LogEventStore } from '@annals/event-store';
import type { NewEvent } from '@annals/event-store';
import { InMemoryLog, InMemoryUnitOfWork } from '@annals/log';
import { FoldedRows, foldOnDemand } from '../projecting/folding-on-demand.js';
import { ProjectionDefinition } from '../projecting/projection-definition.js';
import type { Rows } from '../projecting/row-folding.js';
import type { Row, RowKey } from '../projecting/row-table.js';

/** Events of a stream, one after the other. */
export interface Happened {
  readonly stream: string;
  readonly events: readonly NewEvent[];
}

/** Events that happen in a stream: `on('order-4711', new OrderPlaced(…))`. */
export const on = (stream: string, ...events: readonly NewEvent[]): Happened => ({ stream, events });

/**
 * Begins a specification of a projection with `@Fold` methods: what has happened, and which rows there are then.
 *
 * ```ts
 * await projected(new CustomerSpend())
 *   .after(on('order-1', new OrderPlaced('ada', '9.50')), on('order-2', new OrderPlaced('ada', '0.50')))
 *   .thenRow('ada', { orders: 2, total: '10.00' });
 * ```
 * The events go through a store in memory: they are validated, encoded, read back and lifted as they would be. The rows are
 * made twice, all events at once and one at a time, and must come out the same.
 * @param projection an instance of its class, made with whatever it needs
 * @throws InvalidProjection (`CQRS_INVALID_PROJECTION`) when it has no `@Fold` methods
 */
export const projected = (projection: object): ProjectionScenario =>
  new ProjectionScenario(new ProjectionDefinition(projection), []);

/** A specification under way: more can happen, or something be said about the rows there are then. */
export class ProjectionScenario {
  constructor(
    private readonly definition: ProjectionDefinition,
    private readonly happened: readonly Happened[],
  ) {}

  /** More that happens, in this order. */
  after(...happened: readonly Happened[]): ProjectionScenario {
    return new ProjectionScenario(this.definition, [...this.happened, ...happened]);
  }

  /**
   * There is a row with this key, and these are some of its fields; undefined: there is none.
   * @throws AssertionError
   */
  async thenRow(key: RowKey, expected: object | undefined): Promise<void> {
    const row = (await this.rows()).get(key);
    if (expected === undefined) {
      ok(row === undefined, this.failed(`There is a row ${JSON.stringify(key)}`, row, expected));
      return;
    }
    ok(row !== undefined, this.failed(`There is no row ${JSON.stringify(key)}`, row, expected));
    const named = Object.fromEntries(
      Object.keys(expected).map((field) => [field, (row as Record<string, unknown>)[field]]),
    );
    deepStrictEqual(named, { ...expected }, this.failed(`The row ${JSON.stringify(key)} is another`, named, expected));
  }

  /** There are so many rows. @throws AssertionError */
  async thenRows(count: number): Promise<void> {
    const { length } = (await this.rows()).all();
    ok(length === count, this.failed('There is another number of rows', length, count));
  }

  /**
   * An event cannot be handled.
   * @param message is part of what the method threw
   * @throws AssertionError
   */
  async thenFails(message: string): Promise<void> {
    const failure = await this.rows().then(
      () => undefined,
      (error: unknown) => error,
    );
    const told = failure instanceof Error ? failure.message : undefined;
    ok(told?.includes(message), this.failed('No event failed so', told, message));
  }

  private async rows(): Promise<FoldedRows> {
    const log = new InMemoryLog();
    const store = new LogEventStore({ log, unitOfWork: new InMemoryUnitOfWork(log), wakesReaders: log });
    for (const { stream, events } of this.happened) await store.append(stream, 'any', events);
    const rows = await foldOnDemand(store, this.definition);
    const { folding, types } = this.definition;
    const apart: Rows = new Map();
    for await (const event of store.readAll(undefined, { types })) folding?.apply(folding.plan([event]), apart);
    const one = new FoldedRows<Row>(apart).all();
    deepStrictEqual(rows.all(), one, this.failed('One event at a time makes other rows', one, rows.all()));
    return rows;
  }

  private failed(message: string, actual: unknown, expected: unknown): AssertionError {
    const title = `${this.definition.title}: ${message}`;
    return new AssertionError({ message: title, actual, expected, operator: 'projected' });
  }
}
