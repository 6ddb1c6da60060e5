import { AnnalsError } from '@annals/message';

/** The topic is a log that is written elsewhere, as the event store's; nothing was changed. */
export class TopicReadOnly extends AnnalsError {
  readonly code = 'BUS_TOPIC_READ_ONLY';

  /** @param wanted what was asked of it, as `take records` */
  constructor(
    readonly topic: string,
    wanted: string,
  ) {
    super(`Topic "${topic}" cannot ${wanted}: it only shows what its own log holds. Append there`);
  }
}
