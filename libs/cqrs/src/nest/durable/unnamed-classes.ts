import { AnnalsError } from '@annals/message';

/** Classes of an application that takes part in durable delivery, but whose stored names nobody has said. */
export class UnnamedClasses extends AnnalsError {
  readonly code = 'CQRS_UNNAMED_CLASSES';

  /** @param classes their names, as `legacyNames` takes them */
  constructor(readonly classes: readonly string[]) {
    const names = classes.map((name) => `${name}: '…'`).join(', ');
    super(
      `Events and their handlers are stored by names that never change, which these have not got: say legacyNames: { ${names} } ` +
        'in CqrsModule.forRoot, decorate events with @DomainEvent, or say durableEvents: false to keep them in memory',
    );
  }
}
