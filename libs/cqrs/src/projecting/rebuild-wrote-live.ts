import { AnnalsError } from '@annals/message';

/** A handler wrote to the tables there are while it was to fill those beside them; its transaction was rolled back. */
export class RebuildWroteLive extends AnnalsError {
  readonly code = 'CQRS_REBUILD_WROTE_LIVE';

  /** @param projection name and version @param tables that were written to */
  constructor(
    readonly projection: string,
    readonly tables: readonly string[],
  ) {
    super(
      `A handler of ${projection} wrote to ${tables.join(', ')} while the rebuild fills other tables: write through ` +
        '`manager` and the entity, or take the name for SQL from `context.table(Entity)`',
    );
  }
}
