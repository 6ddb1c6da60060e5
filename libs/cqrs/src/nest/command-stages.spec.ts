import { EventStoreModule } from '@annals/event-store';
import { newId } from '@annals/message';
import { Injectable, Module } from '@nestjs/common';
import { CommandHandler, CommandBus } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { Test } from '@nestjs/testing';
import type { TestingModule } from '@nestjs/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { CqrsModule, currentExecution, InjectAggregates, QueryBus, Repository, withCommand } from '../index.js';
import type { CqrsModuleOptions, Execution, Stage } from '../index.js';
import { Account, Balance, BalanceHandler, Deposit, DepositHandler, Deposited } from '../testing/bank.js';

class Wait {
  readonly commandId: string | undefined;
  constructor(
    readonly account: string,
    readonly work: (signal: AbortSignal) => Promise<unknown>,
    commandId?: string,
  ) {
    this.commandId = commandId;
  }
  /** A function is no field of the command. */
  toJSON(): unknown {
    return { account: this.account };
  }
}

@CommandHandler(Wait)
@Injectable()
class WaitHandler implements ICommandHandler<Wait> {
  constructor(
    @InjectAggregates(Account) private readonly accounts: Repository<Account>,
    private readonly commands: CommandBus,
  ) {}
  async execute({ account, work }: Wait): Promise<string | undefined> {
    const { signal, commandId } = currentExecution() as Execution;
    await this.commands.execute(new Deposit(`${account}-inner`, 1));
    await this.accounts.change(account, (changed) => changed.apply(new Deposited(1)));
    await work(signal);
    return commandId;
  }
}

@Module({
  imports: [CqrsModule.forFeature([Account])],
  providers: [BalanceHandler, DepositHandler, WaitHandler],
})
class BankModule {}

describe('The stages of commands', () => {
  let application: TestingModule;
  let commands: CommandBus;
  let account = '';
  const start = async (options: CqrsModuleOptions = {}): Promise<void> => {
    const imports = [EventStoreModule.forRoot({ engine: 'in-memory' }), CqrsModule.forRoot(options), BankModule];
    application = await Test.createTestingModule({ imports }).compile();
    await application.init();
    commands = application.get(CommandBus);
    account = newId();
  };
  afterEach(() => application.close());
  const balance = (of = account) =>
    application
      .get(QueryBus)
      .execute(new Balance(of))
      .catch(() => 0);
  const never = (signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => {
        resolve();
      });
    });

  it('end the wait for a command when its time is up, tell its handler, and undo one that has an id', async () => {
    await start();
    const late = withCommand({ commandId: newId(), timeoutMs: 20 }, () => commands.execute(new Wait(account, never)));
    await expect(late).rejects.toMatchObject({ code: 'CQRS_DEADLINE_EXCEEDED', timeoutMs: 20 });
    await new Promise(setImmediate);
    expect(await balance()).toBe(0);
  });

  it('give every command the usual time, unless it names its own', async () => {
    await start({ timeoutMs: 20 });
    await expect(commands.execute(new Wait(account, never))).rejects.toMatchObject({ code: 'CQRS_DEADLINE_EXCEEDED' });
    const slow = (signal: AbortSignal) => new Promise((resolve) => setTimeout(resolve, 40, signal));
    await withCommand({ timeoutMs: 5_000 }, () => commands.execute(new Wait(account, slow)));
  });

  it('end the wait when nobody waits any more, with the reason that was given', async () => {
    await start();
    const caller = new AbortController();
    const reason = new Error('the client has gone');
    const executed = withCommand({ signal: caller.signal }, () => commands.execute(new Wait(account, never)));
    caller.abort(reason);
    await expect(executed).rejects.toBe(reason);
    await expect(withCommand({ signal: caller.signal }, () => commands.execute(new Deposit(account, 1)))).rejects.toBe(
      reason,
    );
  });

  it('ask the application whether a command or query may go on', async () => {
    const asked: [string, string][] = [];
    await start({
      authorise: ({ kind, message }) => {
        asked.push([kind, message.constructor.name]);
        return Promise.resolve(!(message instanceof Deposit));
      },
    });
    await expect(commands.execute(new Deposit(account, 1))).rejects.toMatchObject({ code: 'CQRS_NOT_AUTHORISED' });
    expect(await balance()).toBe(0);
    expect(asked).toEqual([
      ['command', 'Deposit'],
      ['query', 'Balance'],
    ]);
  });

  it('have a command with an id take effect once, named by its caller or by the application', async () => {
    await start({ commandIdOf: (command) => (command instanceof Wait ? command.commandId : undefined) });
    const commandId = newId();
    const deposit = () => withCommand({ commandId }, () => commands.execute(new Deposit(account, 5)));
    expect(await Promise.all([deposit(), deposit()])).toEqual([5, 5]);
    expect(await deposit()).toBe(5);
    expect(await balance()).toBe(5);
    const own = newId();
    const wait = () => commands.execute(new Wait(account, () => Promise.resolve(), own));
    expect(await wait()).toBe(own);
    expect(await wait()).toBe(own);
    expect(await balance()).toBe(6);
  });

  it('keep the id for the command itself: what its handler executes has none', async () => {
    await start();
    const commandId = newId();
    await withCommand({ commandId }, () => commands.execute(new Wait(account, () => Promise.resolve())));
    expect(await balance(`${account}-inner`)).toBe(1);
    expect(await balance()).toBe(1);
  });

  it('stand in the order that the application says', async () => {
    const order: string[] = [];
    const note =
      (name: string): Stage =>
      (next) =>
      (execution) => {
        order.push(`${name} ${execution.attempt}`);
        return next(execution);
      };
    await start({
      stages: [note('own')],
      pipeline: ({ validation, own, retry }) => [note('first'), retry, ...own, validation, note('last')],
    });
    await commands.execute(new Deposit(account, 1));
    expect(order).toEqual(['first 1', 'own 1', 'last 1']);
    await expect(commands.execute(new Deposit('', 1))).rejects.toMatchObject({ code: 'CQRS_INVALID_COMMAND' });
  });
});
