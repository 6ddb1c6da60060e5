import { checkId } from '@annals/message';
import type { AppendOptions } from '../stream/append-options.js';
import { currentMetadata } from '../metadata/with-metadata.js';
import type { EventMetadata } from '../stream/recorded-event.js';

/** What goes with an append, whoever carries it out later: taken where it is asked for. */
export interface AppendContext {
  readonly commandId: string | undefined;
  /** Goes on every event; its own wins. Its tenant is the streams'. */
  readonly metadata: EventMetadata;
}

/** @throws InvalidId (`MESSAGE_INVALID_ID`) for a commandId that is no UUID v7 */
export function appendContext({ commandId, metadata }: AppendOptions): AppendContext {
  const cause = commandId === undefined ? undefined : { causationId: checkId(commandId, 'command id') };
  const common =
    cause === undefined && metadata === undefined ? currentMetadata() : { ...currentMetadata(), ...cause, ...metadata };
  return { commandId, metadata: common };
}
