import { AnnalsError } from '@annals/message';

/** The producer's memory stayed full for too long; the record was not sent (Kafka's buffer.memory and max.block.ms). */
export class ProducerFull extends AnnalsError {
  readonly code = 'BUS_PRODUCER_FULL';
  override readonly retryable = true;

  constructor(bufferBytes: number, maxBlockMs: number) {
    super(
      `${bufferBytes} bytes wait to be sent and did not shrink for ${maxBlockMs} ms: the database is slower than the ` +
        'sender; await what send returns, or raise bufferBytes',
    );
  }
}
