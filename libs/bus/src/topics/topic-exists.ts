import { AnnalsError } from '@annals/message';

/** A topic of this name is there already; it was not changed. */
export class TopicExists extends AnnalsError {
  readonly code = 'BUS_TOPIC_EXISTS';

  constructor(readonly topic: string) {
    super(`Topic "${topic}" is there already: use bus.ensureTopic where that is no fault`);
  }
}
