import { AnnalsError } from '@annals/message';

/** An event of a version for which a class has no method, although it has one for other versions of the same event. */
export class UnhandledEventVersion extends AnnalsError {
  readonly code = 'CQRS_UNHANDLED_EVENT_VERSION';

  /** @param decorator its name @param known the versions that have a method */
  constructor(
    readonly className: string,
    decorator: string,
    readonly type: string,
    readonly version: number,
    readonly known: readonly number[],
  ) {
    super(
      `${className} has a method @${decorator} for version ${known.join(', ')} of ${type}, but met version ${version}: ` +
        `give it a method @${decorator} for the class of that version as well`,
    );
  }
}
