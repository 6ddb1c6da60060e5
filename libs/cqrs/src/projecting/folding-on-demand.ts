import type { EventStore, RecordedEvent } from '@annals/event-store';
import type { Checkpoint } from '@annals/log';
import { InvalidProjection } from './invalid-projection.js';
import type { ProjectionDefinition } from './projection-definition.js';
import type { Rows } from './row-folding.js';
import type { Row, RowKey } from './row-table.js';
import { keyText } from './row-table.js';

/** Which events rows are folded from. */
export interface FoldOptions {
  /** Only this category's. */
  readonly category?: string;
  /** Only this stream's: quicker than by category. */
  readonly stream?: string;
  /** Only this tenant's. @default the tenant of the surrounding `withMetadata`; without one, all tenants' */
  readonly tenant?: string;
  /** As things were at a checkpoint, or a token of one. @default now */
  readonly upTo?: Checkpoint | string;
  /** As things were at a time, by the database's clock. @default now */
  readonly at?: Date;
}

/** Rows that were folded when they were asked for. */
export class FoldedRows<Of extends Row = Row> {
  constructor(private readonly rows: Rows) {}

  /** The row of a key, if there is one. */
  get(key: RowKey): Of | undefined {
    return this.rows.get(keyText(key))?.row as Of | undefined;
  }

  /** All rows, in the order in which they were made first. */
  all(): readonly Of[] {
    return [...this.rows.values()].flatMap(({ row }) => (row === undefined ? [] : [row as Of]));
  }
}

/**
 * Makes a projection's rows from its events, in memory: of a live projection, or as they were at a checkpoint or time.
 * @throws InvalidProjection (`CQRS_INVALID_PROJECTION`) when it has no `@Fold` methods, CheckpointAhead
 *   (`STORE_CHECKPOINT_AHEAD`) for a foreign token
 */
export async function foldOnDemand<Of extends Row>(
  store: EventStore,
  definition: ProjectionDefinition,
  options: FoldOptions = {},
): Promise<FoldedRows<Of>> {
  const { folding, title } = definition;
  if (folding === undefined)
    throw new InvalidProjection(`Projection ${title} has no @Fold methods, so its rows exist in its tables only`);
  const upTo = typeof options.upTo === 'string' ? await store.fromToken(options.upTo) : options.upTo;
  const rows: Rows = new Map();
  for await (const events of eventsOf(store, definition.types, options, upTo)) {
    folding.apply(folding.plan(events), rows);
  }
  return new FoldedRows(rows);
}

async function* eventsOf(
  store: EventStore,
  types: readonly string[],
  { category, stream, tenant, at }: FoldOptions,
  upTo: Checkpoint | undefined,
): AsyncGenerator<readonly RecordedEvent[]> {
  const of = tenant === undefined ? {} : { tenant };
  const isMeant = ({ partition, offset, recordedAt }: RecordedEvent): boolean =>
    (upTo === undefined || offset < (upTo[partition] ?? 0)) && (at === undefined || recordedAt <= at);
  if (stream !== undefined) {
    for await (const event of store.read(stream, of)) {
      if (types.includes(event.type) && isMeant(event as RecordedEvent)) yield [event as RecordedEvent];
    }
    return;
  }
  const filter = category === undefined ? {} : { category };
  for await (const { events, checkpoint } of store.readBatches(undefined, { types, ...filter, ...of })) {
    yield events.filter(isMeant);
    // All that is asked for lies behind: what follows is later in every partition.
    if (upTo?.every((offset, partition) => (checkpoint[partition] ?? 0) >= offset)) return;
  }
}
