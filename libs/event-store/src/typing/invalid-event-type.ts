import { AnnalsError } from '@annals/message';

/** A `@DomainEvent` whose name or version cannot be stored. */
export class InvalidEventType extends AnnalsError {
  readonly code = 'STORE_INVALID_EVENT_TYPE';

  /** @param fault what is wrong, as the end of a sentence that begins with the class */
  constructor(className: string, fault: string) {
    super(`@DomainEvent on class ${className}: ${fault}`);
  }
}
