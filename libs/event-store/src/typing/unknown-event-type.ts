import { AnnalsError } from '@annals/message';

/** A stored event of a type that nothing in this process declares. Passed over, it would be missing from the state. */
export class UnknownEventType extends AnnalsError {
  readonly code = 'STORE_UNKNOWN_EVENT_TYPE';

  /** @param where the event stands, as in `Event 7 of stream order-1` */
  constructor(
    where: string,
    readonly type: string,
  ) {
    super(
      `${where} is "${type}", which no class is declared for: import its class, give its old name to formerNames of ` +
        "@DomainEvent, or name it in declareEventType('…') if it has no class",
    );
  }
}
