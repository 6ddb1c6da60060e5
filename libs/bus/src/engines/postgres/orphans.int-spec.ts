import { openTestDatabase } from '@annals/postgres/testing';
import { describe, expect, it } from 'vitest';
import { Bus } from '../../bus.js';
import { eventually } from '../../testing/bus-under-test.js';
import { QUICK_CONSUMER, SeenMessages } from '../../testing/seen-messages.js';
import { PostgresBusEngine } from './postgres-bus-engine.js';

describe('Messages of a session that is not there any more', () => {
  it('are given back, though whoever ended it did not come to that', async () => {
    const database = await openTestDatabase('orphans');
    const engine = await PostgresBusEngine.open({ connectionString: database.connectionString });
    const bus = new Bus(engine, { queues: { sweepMs: 5, onError: () => undefined } });
    try {
      await bus.queues.declareQueue('work');
      await bus.queues.send('work', { body: 1 });
      const seen = new SeenMessages();
      await bus.queues.consume({ ...QUICK_CONSUMER, queue: 'work', ack: 'manual', exclusive: true }, seen.handle);
      await seen.atLeast(1);
      // As if the process that swept had been killed between the two.
      await engine.database.query({ name: '', text: 'DELETE FROM annals.queue_session' });
      await eventually(async () => (await bus.queues.describeQueue('work')).ready === 1, 'the message');
      const other = new SeenMessages();
      await eventually(async () => {
        await bus.queues.consume({ ...QUICK_CONSUMER, queue: 'work' }, other.handle).catch(() => undefined);
        return seen.messages.length + other.messages.length > 1;
      }, 'it again');
      expect([...seen.messages, ...other.messages][1]).toMatchObject({ attempt: 2, redelivered: true });
    } finally {
      await bus.stop();
      await database.drop();
    }
  });
});
