import { AnnalsError } from '@annals/message';

/** A stored event of a type that has a class, but none for the schema version it was written in. */
export class UnknownEventVersion extends AnnalsError {
  readonly code = 'STORE_UNKNOWN_EVENT_VERSION';

  constructor(
    readonly stream: string,
    readonly revision: number,
    readonly type: string,
    readonly version: number,
    readonly known: readonly number[],
  ) {
    super(
      `Event ${revision} of stream ${stream} is "${type}" in version ${version}, but the classes declared for it have ` +
        `version ${known.join(', ')}: declare a class with @DomainEvent('${type}', { version: ${version} })`,
    );
  }
}
