import type { UnitOfWork } from '@annals/log';
import { newId } from '@annals/message';
import { AggregateNotFound } from '../commanding/aggregate-not-found.js';
import type { EventStore } from '@annals/event-store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandLedger } from '../commanding/command-ledger.js';
import { commandLedger, isDomainRejection } from '../commanding/pipeline/command-ledger.js';
import { conflictRetry } from '../commanding/pipeline/conflict-retry.js';
import { NEVER } from '../commanding/pipeline/deadline.js';
import { pipeline } from '../commanding/pipeline/stage.js';
import { resolveConflictRetry } from '../commanding/retry-on-conflict.js';

/** What the ledger of one process stands on. */
export interface LedgerUnderTest {
  readonly ledger: CommandLedger;
  readonly store: EventStore;
  readonly unitOfWork: UnitOfWork;
  stop(): Promise<void>;
}

class Pay {
  constructor(
    readonly account: string,
    readonly amount: number,
  ) {}
}

/**
 * The promises of `CommandLedger` with the stage that works on it, which every engine keeps.
 * @param open processes that share one ledger
 */
export function testCommandLedger(engine: string, open: () => Promise<readonly LedgerUnderTest[]>): void {
  describe(`The ledger of commands on ${engine}`, () => {
    let processes: readonly LedgerUnderTest[] = [];
    const first = (): LedgerUnderTest => processes[0] as LedgerUnderTest;
    beforeAll(async () => {
      processes = await open();
    });
    afterAll(async () => {
      for (const each of processes) await each.stop();
    });

    type Handler = (command: Pay, on: LedgerUnderTest) => Promise<unknown>;
    const pay: Handler = async ({ account, amount }, { store }) => {
      let paid = 0;
      for await (const page of store.replay(`account-${account}`)) paid += page.length;
      if (paid > 0) throw new AggregateNotFound('account', account);
      await store.append(`account-${account}`, paid, [{ type: 'paid', data: { amount } }]);
      return { receipt: newId() };
    };
    const execute = (on: LedgerUnderTest, commandId: string | undefined, command: object, handler: Handler = pay) => {
      const stages = [
        conflictRetry(resolveConflictRetry()),
        commandLedger({ ledger: on.ledger, unitOfWork: on.unitOfWork, isRejection: isDomainRejection }),
      ];
      const run = pipeline(stages, ({ message }) => handler(message as Pay, on));
      const execution = { kind: 'command' as const, attempt: 1, signal: NEVER, timeoutMs: undefined };
      return run({ ...execution, message: command, commandId });
    };
    const eventsOf = async (account: string): Promise<number> => {
      let events = 0;
      for await (const page of first().store.replay(`account-${account}`)) events += page.length;
      return events;
    };

    it('has a command sent 50 times at once by all processes take effect once, with 50 equal answers', async () => {
      const [account, commandId] = [newId(), newId()];
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, n) =>
          execute(processes[n % processes.length] as LedgerUnderTest, commandId, new Pay(account, 5)),
        ),
      );
      expect(answers[0]).toEqual({ receipt: expect.any(String) as string });
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
      expect(await eventsOf(account)).toBe(1);
    });

    it('gives 50 equal rejections to a command that is rejected', async () => {
      const [account, commandId] = [newId(), newId()];
      await execute(first(), undefined, new Pay(account, 1));
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, n) =>
          execute(processes[n % processes.length] as LedgerUnderTest, commandId, new Pay(account, 5)).catch(
            (error: unknown) => error,
          ),
        ),
      );
      const told = answers.map((error) =>
        [(error as AggregateNotFound).code, (error as AggregateNotFound).message].join(': '),
      );
      expect(new Set(told)).toEqual(new Set([expect.stringMatching(/^CQRS_AGGREGATE_NOT_FOUND: /)]));
      expect(await eventsOf(account)).toBe(1);
    });

    it('gives the answer of the first time when the same command comes again later, whatever has happened since', async () => {
      const [account, commandId] = [newId(), newId()];
      const answer = await execute(first(), commandId, new Pay(account, 5));
      for (const process of processes) expect(await execute(process, commandId, new Pay(account, 5))).toEqual(answer);
      const rejected = newId();
      const rejection = execute(first(), rejected, new Pay(account, 5));
      await expect(rejection).rejects.toMatchObject({ code: 'CQRS_AGGREGATE_NOT_FOUND' });
      await expect(execute(first(), rejected, new Pay(account, 5))).rejects.toMatchObject({
        code: 'CQRS_AGGREGATE_NOT_FOUND',
        details: { id: account },
      });
    });

    it('remembers no accident: the command may be sent again', async () => {
      const [account, commandId] = [newId(), newId()];
      const broken = execute(first(), commandId, new Pay(account, 5), () => Promise.reject(new TypeError('a bug')));
      await expect(broken).rejects.toThrow('a bug');
      expect(await execute(first(), commandId, new Pay(account, 5))).toMatchObject({
        receipt: expect.any(String) as string,
      });
    });

    it('leaves nothing of a command whose handler fails after it appended', async () => {
      const [account, commandId] = [newId(), newId()];
      const failing: Handler = async (command, on) => {
        await pay(command, on);
        throw new TypeError('a bug');
      };
      await expect(execute(first(), commandId, new Pay(account, 5), failing)).rejects.toThrow('a bug');
      expect(await eventsOf(account)).toBe(0);
    });

    it('refuses another command under the same id', async () => {
      const commandId = newId();
      await execute(first(), commandId, new Pay(newId(), 5));
      await expect(execute(first(), commandId, new Pay(newId(), 6))).rejects.toMatchObject({
        code: 'CQRS_COMMAND_ID_REUSED',
      });
    });

    it('lets commands without an id pass, and refuses an id that cannot be one', async () => {
      const account = newId();
      await execute(first(), undefined, new Pay(account, 5));
      await expect(execute(first(), undefined, new Pay(account, 5))).rejects.toMatchObject({
        code: 'CQRS_AGGREGATE_NOT_FOUND',
      });
      await expect(execute(first(), '', new Pay(account, 5))).rejects.toMatchObject({
        code: 'CQRS_INVALID_COMMAND_ID',
      });
      const long = 'x'.repeat(256);
      await expect(execute(first(), long, new Pay(account, 5))).rejects.toMatchObject({
        code: 'CQRS_INVALID_COMMAND_ID',
      });
    });

    it('keeps an answer of nothing, and one that is a list', async () => {
      for (const value of [undefined, null, [1, 'two', { three: 3 }]]) {
        const commandId = newId();
        const handler: Handler = () => Promise.resolve(value);
        expect(await execute(first(), commandId, new Pay('a', 1), handler)).toEqual(value);
        expect(await execute(first(), commandId, new Pay('a', 1), handler)).toEqual(value);
      }
    });

    it('forgets what is old enough', async () => {
      const [account, commandId] = [newId(), newId()];
      await execute(first(), commandId, new Pay(account, 5));
      expect(await first().ledger.forget(60_000)).toBe(0);
      expect(await first().ledger.find(commandId)).toBeDefined();
      expect(await first().ledger.forget(-1)).toBeGreaterThan(0);
      expect(await first().ledger.find(commandId)).toBeUndefined();
    });
  });
}
