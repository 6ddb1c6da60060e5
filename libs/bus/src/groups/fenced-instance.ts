import { AnnalsError } from '@annals/message';

/** Another process has taken the place of this static member (Kafka's FENCED_INSTANCE_ID): two run with one instance id. */
export class FencedInstance extends AnnalsError {
  readonly code = 'BUS_FENCED_INSTANCE';

  constructor(
    readonly group: string,
    readonly instanceId: string,
  ) {
    super(
      `Another process has joined group "${group}" as instance "${instanceId}": give each process an instance id of its own`,
    );
  }
}
