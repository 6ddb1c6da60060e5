import { AnnalsError } from '@annals/message';

/** The group has forgotten the member, which was silent for longer than its session: it has no partitions any more and joins anew (Kafka's UNKNOWN_MEMBER_ID). */
export class UnknownMember extends AnnalsError {
  readonly code = 'BUS_UNKNOWN_MEMBER';
  override readonly retryable = true;

  constructor(
    readonly group: string,
    readonly member: string,
  ) {
    super(`Group "${group}" does not know member ${member}: it was silent for too long, and must join anew`);
  }
}
