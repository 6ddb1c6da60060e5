import { AnnalsError } from '@annals/message';

/** Two classes claim one stored name and version: what was written as the one would be read as the other. */
export class DuplicateEventType extends AnnalsError {
  readonly code = 'STORE_DUPLICATE_EVENT_TYPE';

  constructor(
    readonly type: string,
    readonly version: number,
    one: string,
    other: string,
  ) {
    super(
      `The classes ${one} and ${other} are both declared as @DomainEvent('${type}', { version: ${version} }): ` +
        'give one of them another name or version',
    );
  }
}
