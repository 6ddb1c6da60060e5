import { AnnalsError } from '@annals/message';

/** A topic that cannot be as it is asked for; nothing was changed. */
export class InvalidTopic extends AnnalsError {
  readonly code = 'BUS_INVALID_TOPIC';

  /** @param faults each the end of a sentence that begins with the topic */
  constructor(
    readonly topic: string,
    faults: readonly string[],
  ) {
    super(`Topic ${JSON.stringify(topic)} cannot be: ${faults.join('; ')}`);
  }
}
