import { once } from 'node:events';
import { newId } from '@annals/message';
import { PostgresLog } from '@annals/log';
import { openTestDatabase } from '@annals/postgres/testing';
import type { TestDatabase } from '@annals/postgres/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChildProcesses } from '../../testing/child-processes.js';

const SHARES = [17, 17, 16];

describe('One command sent 50 times at once by three processes', () => {
  let database: TestDatabase;
  let log: PostgresLog;
  const senders = new ChildProcesses('./ledger-sender.mjs');
  beforeAll(async () => {
    database = await openTestDatabase('ledger_processes');
    log = await PostgresLog.open({ connectionString: database.connectionString });
    for (const _ of SHARES) await senders.start(database.connectionString);
  }, 60_000);
  afterAll(async () => {
    await senders.killAll();
    await log.stop();
    await database.drop();
  });

  const send = async (command: { account: string; refuse: boolean }): Promise<string[]> => {
    const commandId = newId();
    const told = senders.all.map(async (sender, index) => {
      const answered = once(sender, 'message') as Promise<[string[]]>;
      sender.send({ commandId, times: SHARES[index], ...command });
      return (await answered)[0];
    });
    return (await Promise.all(told)).flat();
  };

  it('takes effect once, and 50 answers are equal', async () => {
    for (let round = 0; round < 10; round += 1) {
      const account = newId();
      const answers = await send({ account, refuse: false });
      expect(answers).toHaveLength(50);
      expect(new Set(answers).size).toBe(1);
      expect(await log.readStream(`account-${account}`, {}, 100, 'forwards')).toHaveLength(1);
    }
  });

  it('is rejected once, and 50 rejections are equal', async () => {
    for (let round = 0; round < 10; round += 1) {
      const answers = await send({ account: newId(), refuse: true });
      expect(answers).toHaveLength(50);
      expect(new Set(answers).size).toBe(1);
      expect(answers[0]).toContain('SENDER_REFUSED');
    }
  });
});
