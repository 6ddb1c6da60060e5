import { AnnalsError } from '@annals/message';

/** A record weighs more than its topic takes (Kafka's RECORD_TOO_LARGE); nothing was written. */
export class RecordTooLarge extends AnnalsError {
  readonly code = 'BUS_RECORD_TOO_LARGE';

  constructor(
    readonly topic: string,
    readonly bytes: number,
    readonly maxRecordBytes: number,
  ) {
    super(
      `A record for topic "${topic}" weighs ${bytes} bytes or more, and ${maxRecordBytes} are allowed: ` +
        'send a reference to what is large, or raise maxRecordBytes of the topic',
    );
  }
}
