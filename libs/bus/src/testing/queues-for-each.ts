import { afterEach, beforeEach } from 'vitest';
import type { ConsumeOptions } from '../queues/consume-options.js';
import type { QueueConsumer } from '../queues/queue-consumer.js';
import type { Queues } from '../queues/queues.js';
import type { BusUnderTest } from './bus-under-test.js';
import { QUICK_CONSUMER } from './seen-messages.js';
import type { SeenMessages } from './seen-messages.js';

/** The queues of a bus of its own for each test of a suite. */
export interface QueuesForEach {
  /** The bus of the test that runs. */
  readonly under: () => BusUnderTest;
  readonly queues: () => Queues;
  /** Consumes the queue "work", if nothing else is said. */
  readonly consume: (seen: SeenMessages, options?: Partial<ConsumeOptions>, on?: Queues) => Promise<QueueConsumer>;
  /** How many messages are ready in a queue. */
  readonly ready: (queue?: string) => Promise<number>;
  /** What is in the queue "work", and in whose hands. */
  readonly state: () => Promise<{ readonly ready: number; readonly unacked: number; readonly consumers: number }>;
}

/** To be called in a `describe`. @param declared queues that each test finds there, empty */
export function queuesForEach(open: () => Promise<BusUnderTest>, declared: readonly string[]): QueuesForEach {
  let opened: BusUnderTest;
  beforeEach(async () => {
    opened = await open();
    for (const name of declared) await opened.bus.queues.declareQueue(name);
  });
  afterEach(async () => {
    await opened.stop();
  });
  const queues = (): Queues => opened.bus.queues;
  return {
    under: () => opened,
    queues,
    consume: (seen, options = {}, on = queues()) =>
      on.consume({ ...QUICK_CONSUMER, queue: 'work', ...options }, seen.handle),
    ready: async (queue = 'work') => (await queues().describeQueue(queue)).ready,
    state: async () => {
      const { ready, unacked, consumers } = await queues().describeQueue('work');
      return { ready, unacked, consumers };
    },
  };
}
