import { readEnvelope } from './envelope.js';
import type { Death, DeathPlace, DeathReason, Envelope } from './envelope.js';
import type { Publication } from './encode-message.js';
import { publicationOf } from './publication-of.js';
import type { Queue } from './queue.js';

/** A stored message that is to become a dead letter. */
export interface Dying {
  readonly envelope: string;
  readonly body: string;
}

/**
 * The dead letter of a message (SEMANTICS §11): its history has one entry for each queue and reason, the newest first; it has no
 * time to live of its own any more, and goes by the queue's dead-letter key or by its old ones.
 * @param now milliseconds since 1970
 * @returns undefined where the queue has no dead-letter exchange
 */
export function deadLetterOf(
  { name, config }: Queue,
  dying: Dying,
  reason: DeathReason,
  now: number,
): Publication | undefined {
  const { deadLetterExchange, deadLetterRoutingKey } = config;
  if (deadLetterExchange === null) return undefined;
  const { e: expirationMs, ...envelope } = readEnvelope(dying.envelope);
  const { keys: routingKeys } = publicationOf(envelope, dying.body).input;
  const place: DeathPlace = { queue: name, reason, exchange: envelope.x };
  const letter: Envelope = {
    ...envelope,
    x: deadLetterExchange,
    k: deadLetterRoutingKey ?? envelope.k,
    d: diedAgain(envelope.d ?? [], place, { time: now, routingKeys, expirationMs }),
    f: envelope.f ?? place,
    l: place,
  };
  const { input, ...rest } = publicationOf(letter, dying.body);
  return { ...rest, input: { ...input, keys: deadLetterRoutingKey === null ? routingKeys : [deadLetterRoutingKey] } };
}

/**
 * Whether a dead letter may go to a queue: one that has been there already, and came round without anybody rejecting it, would do
 * so for ever (RabbitMQ drops it).
 */
export function mayReach(queue: string, deaths: readonly Death[]): boolean {
  const last = deaths.findIndex((death) => death.queue === queue);
  return last < 0 || deaths.slice(0, last + 1).some(({ reason }) => reason === 'rejected');
}

function diedAgain(
  deaths: readonly Death[],
  { queue, reason, exchange }: DeathPlace,
  now: { time: number; routingKeys: readonly string[]; expirationMs: number | undefined },
): readonly Death[] {
  const before = deaths.find((death) => death.queue === queue && death.reason === reason);
  const others = deaths.filter((death) => death !== before);
  if (before !== undefined) return [{ ...before, count: before.count + 1 }, ...others];
  const expiration = now.expirationMs === undefined ? {} : { originalExpirationMs: now.expirationMs };
  return [
    { queue, reason, count: 1, time: now.time, exchange, routingKeys: now.routingKeys, ...expiration },
    ...others,
  ];
}
