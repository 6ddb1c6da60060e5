import { currentMetadata, withMetadata } from '@annals/event-store';
import { newId as newUuid } from '@annals/message';
import type { Stage } from './stage.js';

/**
 * Gives what a command brings about a correlation id and, as causation id, its own id, or one of this execution. A command
 * executed inside another's handler keeps the outer correlation, so all that one request brought about is tied together.
 * @param newId makes ids. @default UUIDs v7
 */
export const metadataContext =
  (newId: () => string = newUuid): Stage =>
  (next) =>
  (execution) => {
    if (execution.kind === 'query') return next(execution);
    const causationId = execution.commandId ?? newId();
    const { correlationId = causationId } = currentMetadata();
    return withMetadata({ correlationId, causationId }, () => next(execution));
  };
