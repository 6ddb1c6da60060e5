import { AnnalsError } from '@annals/message';

/** The application's own tables would be created among those of the log. */
export class SchemaNotApart extends AnnalsError {
  readonly code = 'LOG_SCHEMA_NOT_APART';

  /** @param user whom the connection string names */
  constructor(
    readonly schema: string,
    readonly user: string,
  ) {
    super(
      `For database user "${user}" the schema "${schema}" comes first on the search path, so tables that name no schema, ` +
        `such as TypeORM's, would be created among those of the log: connect as another user, set another search_path, ` +
        `or give the log another schema`,
    );
  }
}
