import { messageOf, storableText } from '@annals/message';
import { DEFAULT_EXCHANGE } from '../routing/exchange.js';
import type { MessageHandler } from './message-delivery.js';
import type { NewMessage } from './new-message.js';
import { FAILURE_HEADERS } from './requests.js';

/** So much of what a failure says goes back. */
const MOST_REASON = 2_000;

/** A handler of requests: what `handle` returns is the reply, what it throws fails the request. */
export function answering(handle: MessageHandler): MessageHandler {
  return async (message, delivery) => {
    const answer = await answerOf(() => handle(message, delivery));
    const { replyTo, correlationId } = message;
    if (replyTo === undefined) return;
    const reply = { ...answer, ...(correlationId !== undefined && { correlationId }) };
    await delivery.publish(DEFAULT_EXCHANGE, replyTo, reply);
  };
}

async function answerOf(handle: () => unknown): Promise<NewMessage> {
  try {
    return { body: (await handle()) ?? null };
  } catch (error) {
    const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
    const headers = {
      [FAILURE_HEADERS.reason]: storableText(messageOf(error), MOST_REASON),
      ...(code !== undefined && { [FAILURE_HEADERS.code]: code }),
    };
    return { body: null, headers };
  }
}
