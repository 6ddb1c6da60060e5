import { encodeJson, hasCode, newId } from '@annals/message';
import type { HeaderTable, HeaderValue } from '../routing/headers-match.js';
import { encodeHeaders } from '../routing/encode-headers.js';
import { shortTextFaults } from '../routing/name-faults.js';
import type { RoutingInput } from '../routing/topology.js';
import { InvalidMessage } from './invalid-message.js';
import type { NewMessage } from './new-message.js';

/** A message as it goes to queues. */
export interface EncodedMessage {
  readonly messageId: string;
  /** JSON text. */
  readonly envelope: string;
  readonly body: string;
  /** Of the body. */
  readonly bytes: number;
  readonly priority: number;
  readonly expirationMs: number | null;
}

/** A message and how it is to go. */
export interface Publication {
  readonly input: RoutingInput;
  readonly message: EncodedMessage;
  readonly delayMs: number;
}

/** A new id, and whatever stands in a header, take no more. */
const MOST_TEXT_BYTES = 255;
const MOST_PRIORITY = 255;
/** 2^32 − 1 milliseconds, 49 days: what RabbitMQ takes. */
const MOST_MS = 2 ** 32 - 1;
const NO_HEADERS: HeaderTable = Object.freeze({});

/**
 * Checks and encodes a message.
 * @param mostBytes of its body
 * @throws InvalidMessage (`BUS_INVALID_MESSAGE`) naming every fault
 */
export function encodeMessage(
  exchange: string,
  routingKey: string,
  message: NewMessage,
  mostBytes: number,
): Publication {
  const faults = faultsOf(exchange, routingKey, message);
  if (faults.length > 0) throw new InvalidMessage(faults);
  const { headers = NO_HEADERS, messageId = newId(), priority = 0, expirationMs = null } = message;
  const { delivered, cc, bcc } = headers === NO_HEADERS ? NONE_COPIED : copiedTo(headers);
  const body = encodeBody(message.body, mostBytes);
  let envelope = `{"i":${JSON.stringify(messageId)},"x":${JSON.stringify(exchange)},"k":${JSON.stringify(routingKey)}`;
  if (delivered !== NO_HEADERS) {
    envelope += `,"h":${encodeHeaders(delivered, (fault) => new InvalidMessage([fault]))}`;
  }
  if (bcc.length > 0) envelope += `,"b":${JSON.stringify(bcc)}`;
  envelope += fieldsOf(message);
  return {
    input: {
      exchange,
      keys: cc.length + bcc.length === 0 ? [routingKey] : [routingKey, ...cc, ...bcc],
      headers: delivered,
    },
    message: { messageId, envelope, body, bytes: Buffer.byteLength(body), priority, expirationMs },
    delayMs: delayOf(message) ?? 0,
  };
}

/** The header is that of RabbitMQ's delayed-message exchange. */
const delayOf = ({ delayMs, headers }: NewMessage): number | undefined =>
  delayMs ?? (headers?.['x-delay'] as number | undefined);

/** What few messages have, and the end of the envelope. */
function fieldsOf({ correlationId, replyTo, type, priority, expirationMs, timestamp }: NewMessage): string {
  let fields = '';
  if (correlationId !== undefined) fields += `,"c":${JSON.stringify(correlationId)}`;
  if (replyTo !== undefined) fields += `,"r":${JSON.stringify(replyTo)}`;
  if (type !== undefined) fields += `,"t":${JSON.stringify(type)}`;
  if (priority !== undefined) fields += `,"p":${priority}`;
  if (expirationMs !== undefined) fields += `,"e":${expirationMs}`;
  if (timestamp !== undefined) fields += `,"s":${timestamp.getTime()}`;
  return `${fields}}`;
}

/** Both of AMQP's optional sender-selected distribution. */
const NONE_COPIED = { delivered: NO_HEADERS, cc: [] as readonly string[], bcc: [] as readonly string[] };

function copiedTo({ BCC, ...delivered }: HeaderTable): typeof NONE_COPIED {
  return { delivered, cc: keysIn('CC', delivered['CC']), bcc: keysIn('BCC', BCC) };
}

function keysIn(header: string, value: HeaderValue | undefined): readonly string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value) || value.some((key) => typeof key !== 'string')) {
    throw new InvalidMessage([`its header ${header} must be a list of routing keys`]);
  }
  const keys = value as readonly string[];
  const faults = keys.flatMap((key) => shortTextFaults(`a key of its header ${header}`, key));
  if (faults.length > 0) throw new InvalidMessage(faults);
  return keys;
}

function encodeBody(body: unknown, limitBytes: number): string {
  if (body === undefined) throw new InvalidMessage(['it has no body: give null for nothing']);
  try {
    return encodeJson(body, { limitBytes, what: 'its body' });
  } catch (error) {
    if (hasCode(error, 'MESSAGE_TOO_LARGE') || hasCode(error, 'MESSAGE_NOT_ENCODABLE')) {
      throw new InvalidMessage([error.message], error);
    }
    throw error;
  }
}

/** Whether nothing can be wrong with it, as with nearly all names. */
const isPlain = (text: unknown): boolean =>
  typeof text === 'string' && text.length < MOST_TEXT_BYTES / 3 && /^[\w.:#*-]*$/.test(text);

function faultsOf(exchange: string, routingKey: string, message: NewMessage): string[] {
  const { messageId, correlationId, replyTo, type, priority, expirationMs, timestamp } = message;
  const delayMs = delayOf(message);
  const faults: string[] = [];
  const check = (what: string, text: unknown): void => {
    // Few are, and most are short and plain.
    if (!isPlain(text)) faults.push(...shortTextFaults(what, text));
  };
  check('its exchange', exchange);
  check('its routing key', routingKey);
  if (messageId !== undefined) check('its messageId', messageId);
  if (correlationId !== undefined) check('its correlationId', correlationId);
  if (replyTo !== undefined) check('its replyTo', replyTo);
  if (type !== undefined) check('its type', type);
  if (messageId === '') faults.push(`its messageId is empty, and has 1 to ${MOST_TEXT_BYTES} bytes`);
  if (priority !== undefined && !(Number.isInteger(priority) && priority >= 0 && priority <= MOST_PRIORITY)) {
    faults.push(`its priority is ${priority}, and must be a whole number from 0 to ${MOST_PRIORITY}`);
  }
  if (expirationMs !== undefined && !(Number.isInteger(expirationMs) && expirationMs >= 0 && expirationMs <= MOST_MS)) {
    faults.push(`its expirationMs is ${String(expirationMs)}, and must be a whole number from 0 to ${MOST_MS}`);
  }
  if (delayMs !== undefined && !(Number.isInteger(delayMs) && delayMs <= Number.MAX_SAFE_INTEGER / 2 ** 10)) {
    faults.push(`its delayMs is ${String(delayMs)}, and must be a whole number`);
  }
  if (timestamp !== undefined && !Number.isFinite(timestamp.getTime())) faults.push('its timestamp is no valid date');
  return faults;
}
