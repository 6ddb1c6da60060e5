import { InvalidQueue } from './invalid-queue.js';
import { nameFaults, shortTextFaults } from '../routing/name-faults.js';

/** What becomes of messages beyond `maxLength` or `maxBytes` (RabbitMQ's x-overflow). */
export type Overflow = 'drop-head' | 'reject-publish' | 'reject-publish-dlx';

/** How a queue behaves. Times are milliseconds, sizes bytes; the names are RabbitMQ's arguments, in this language's spelling. */
export interface QueueConfig {
  /** Only the process that declares it may use it, and it goes with that process. @default false */
  readonly exclusive: boolean;
  /** Goes with its last consumer; not before it had one. @default false */
  readonly autoDelete: boolean;
  /** After how long a message expires in it; 0: unless a consumer takes it at once; null: never. @default null */
  readonly messageTtlMs: number | null;
  /** After how long without a consumer, a `get` or a declaration it goes; null: never. @default null */
  readonly expiresMs: number | null;
  /** How many messages may be ready at once; those in consumers' hands do not count. @default null: any number */
  readonly maxLength: number | null;
  /** How many bytes the bodies of ready messages may have. @default null: any number */
  readonly maxBytes: number | null;
  /** @default 'drop-head' */
  readonly overflow: Overflow;
  /** Of what priority `drop-head` drops first. RabbitMQ drops the highest first. @default 'lowest' */
  readonly dropFirst: 'lowest' | 'highest';
  /** Where rejected, expired and dropped messages go; null: they are gone. @default '', which leads to the queue `dead-letters` */
  readonly deadLetterExchange: string | null;
  /** The key with which they go there; null: their own. @default null, or 'dead-letters' with the default dead-letter exchange */
  readonly deadLetterRoutingKey: string | null;
  /** How often a message may be delivered again before it is a dead letter; -1: any number. @default 20 */
  readonly deliveryLimit: number;
  /** The highest priority, 0 to 255; with 0 there are none. Each has a cost: few are better. @default 0 */
  readonly maxPriority: number;
  /** One consumer at a time gets messages, the next when that one ends. @default false */
  readonly singleActiveConsumer: boolean;
}

/** Where messages of one priority of a queue lie. */
export interface Lane {
  readonly id: number;
  readonly priority: number;
}

/** A queue. */
export interface Queue {
  /** Never given again. */
  readonly id: number;
  readonly name: string;
  readonly config: QueueConfig;
  /** The session an exclusive queue goes with. */
  readonly owner: string | null;
  /** Whether messages in it may expire. */
  readonly expires: boolean;
  /** By priority, from 0. */
  readonly lanes: readonly Lane[];
}

/** What is in a queue just now. */
export interface QueueState {
  /** Messages that a consumer could get at once. */
  readonly ready: number;
  /** Messages in consumers' hands. */
  readonly unacked: number;
  /** Messages that were given back and wait for a while. */
  readonly waiting: number;
  /** Bytes of the bodies of ready messages. */
  readonly readyBytes: number;
  readonly consumers: number;
}

/** Where dead letters of queues go that do not say otherwise. */
export const DEAD_LETTERS = 'dead-letters';

const DEFAULTS: QueueConfig = {
  exclusive: false,
  autoDelete: false,
  messageTtlMs: null,
  expiresMs: null,
  maxLength: null,
  maxBytes: null,
  overflow: 'drop-head',
  dropFirst: 'lowest',
  deadLetterExchange: '',
  deadLetterRoutingKey: DEAD_LETTERS,
  deliveryLimit: 20,
  maxPriority: 0,
  singleActiveConsumer: false,
};

/** The queue of dead letters itself: nothing may happen to what is in it. */
export const DEAD_LETTERS_CONFIG: QueueConfig = {
  ...DEFAULTS,
  deadLetterExchange: null,
  deadLetterRoutingKey: null,
  deliveryLimit: -1,
};

/** The least of each number. */
const LEAST = {
  messageTtlMs: 0,
  expiresMs: 1,
  maxLength: 0,
  maxBytes: 0,
  deliveryLimit: -1,
  maxPriority: 0,
} as const;
const MOST_PRIORITY = 255;
/** The longest time that can be counted on with. */
const MOST = 2 ** 40;
const CHOICES: Readonly<Record<string, readonly unknown[]>> = {
  overflow: ['drop-head', 'reject-publish', 'reject-publish-dlx'],
  dropFirst: ['lowest', 'highest'],
  exclusive: [true, false],
  autoDelete: [true, false],
  singleActiveConsumer: [true, false],
};

/**
 * The whole configuration of what is asked for.
 * @param name also one that begins with `amq.` where it was made by us
 * @throws InvalidQueue (`BUS_INVALID_QUEUE`) naming every fault at once
 */
export function resolveQueueConfig(name: string, given: Partial<QueueConfig>): QueueConfig {
  const set = Object.fromEntries(Object.entries(given).filter(([, value]: [string, unknown]) => value !== undefined));
  const faults = Object.keys(set).flatMap((option) => (option in DEFAULTS ? [] : [`a queue has no ${option}`]));
  const ownExchange = 'deadLetterExchange' in set;
  const base = name === DEAD_LETTERS ? DEAD_LETTERS_CONFIG : DEFAULTS;
  const config: QueueConfig = { ...base, ...(ownExchange && { deadLetterRoutingKey: null }), ...set };
  for (const [option, least] of Object.entries(LEAST)) {
    const value = config[option as keyof typeof LEAST];
    const isNone = value === null && DEFAULTS[option as keyof typeof LEAST] === null;
    if (!isNone && !(Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= MOST)) {
      faults.push(`${option} is ${JSON.stringify(value)}, and must be a whole number from ${least} on`);
    }
  }
  for (const [option, choices] of Object.entries(CHOICES)) {
    const value = config[option as keyof QueueConfig];
    if (!choices.includes(value))
      faults.push(`${option} is ${JSON.stringify(value)}, and must be one of ${choices.join(' | ')}`);
  }
  if (config.maxPriority > MOST_PRIORITY) faults.push(`maxPriority must be at most ${MOST_PRIORITY}`);
  faults.push(...deadLetterFaults(config));
  if (config.overflow === 'reject-publish-dlx' && config.deadLetterExchange === null) {
    faults.push(`overflow 'reject-publish-dlx' needs a deadLetterExchange`);
  }
  if (faults.length > 0) throw new InvalidQueue(name, faults);
  return config;
}

/** Why an application cannot give a queue this name. */
export const queueNameFaults = (name: string): string[] => nameFaults(name, 'declared');

function deadLetterFaults({ deadLetterExchange, deadLetterRoutingKey }: QueueConfig): string[] {
  if (deadLetterExchange === null) {
    return deadLetterRoutingKey === null ? [] : ['a deadLetterRoutingKey without a deadLetterExchange leads nowhere'];
  }
  return [
    ...shortTextFaults('deadLetterExchange', deadLetterExchange),
    ...(deadLetterRoutingKey === null ? [] : shortTextFaults('deadLetterRoutingKey', deadLetterRoutingKey)),
  ];
}

/** The lane of a message in a queue. */
export function laneFor({ lanes }: Queue, priority: number): Lane {
  const lane = lanes[Math.min(priority, lanes.length - 1)];
  if (lane === undefined) throw new Error('a queue has a lane of each priority');
  return lane;
}
