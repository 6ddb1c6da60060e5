import { AnnalsError } from '@annals/message';

/** No topic has this name. */
export class UnknownTopic extends AnnalsError {
  readonly code = 'BUS_UNKNOWN_TOPIC';

  constructor(readonly topic: string) {
    super(`There is no topic "${topic}": create it with bus.createTopic, or check its name`);
  }
}
