import { AnnalsError } from '@annals/message';

/** The queue is exclusive to another process, or a consumer has it for itself (AMQP's 405 RESOURCE_LOCKED and 403 ACCESS_REFUSED); nothing was changed. */
export class ResourceLocked extends AnnalsError {
  readonly code = 'BUS_RESOURCE_LOCKED';

  constructor(
    readonly queue: string,
    reason: string,
  ) {
    super(`Queue "${queue}" cannot be used: ${reason}`);
  }
}
