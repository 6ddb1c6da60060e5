import { AnnalsError } from '@annals/message';

/** The group has members, so it cannot be changed from outside (Kafka's NON_EMPTY_GROUP); nothing was changed. */
export class GroupNotEmpty extends AnnalsError {
  readonly code = 'BUS_GROUP_NOT_EMPTY';

  constructor(
    readonly group: string,
    readonly members: number,
  ) {
    super(`Group "${group}" has ${members} member(s): stop its subscriptions first`);
  }
}
