import { EventStore, LogEventStore, withMetadata } from '@annals/event-store';
import type { RecordedEvent } from '@annals/event-store';
import { InMemoryLog, InMemoryUnitOfWork } from '@annals/log';
import { Global, Injectable, Module } from '@nestjs/common';
import { CqrsModule as NestCqrsModule } from '@nestjs/cqrs';
import { Test } from '@nestjs/testing';
import type { TestingModule } from '@nestjs/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { CommandBus, CqrsModule, QueryBus } from '../index.js';
import type { CqrsModuleOptions, Execution, Stage } from '../index.js';
import {
  Account,
  Balance,
  BalanceHandler,
  Deposit,
  DepositHandler,
  Refuse,
  RefuseHandler,
  Scoped,
  ScopedHandler,
  Twice,
  TwiceHandler,
} from '../testing/bank.js';

const log = new InMemoryLog();
const store = new LogEventStore({ log, unitOfWork: new InMemoryUnitOfWork(log), wakesReaders: log });

@Global()
@Module({ providers: [{ provide: EventStore, useValue: store }], exports: [EventStore] })
class StoreModule {}

/** As a feature of an application that used `@nestjs/cqrs` before: its import makes buses of its own. */
@Injectable()
class OldFeature {
  constructor(readonly commands: CommandBus) {}
}
@Module({ imports: [NestCqrsModule.forRoot()], providers: [OldFeature] })
class OldModule {}

@Injectable()
class NewFeature {
  constructor(readonly commands: CommandBus) {}
}

@Module({
  imports: [CqrsModule.forFeature([Account])],
  providers: [NewFeature, DepositHandler, RefuseHandler, TwiceHandler, ScopedHandler, BalanceHandler],
})
class ShopModule {}

describe('The buses of an application', () => {
  let application: TestingModule;
  let commands: CommandBus;
  let queries: QueryBus;
  let accounts = 0;
  let account = '';

  const start = async (options: CqrsModuleOptions = {}): Promise<void> => {
    const imports = [StoreModule, CqrsModule.forRoot(options), ShopModule, OldModule];
    application = await Test.createTestingModule({ imports }).compile();
    await application.init();
    commands = application.get(NewFeature, { strict: false }).commands;
    queries = application.get(QueryBus);
    account = `a${(accounts += 1)}`;
  };
  afterEach(() => application.close());

  const eventsOf = async (stream: string): Promise<RecordedEvent[]> => {
    const events: RecordedEvent[] = [];
    for await (const event of store.read(stream)) events.push(event as RecordedEvent);
    return events;
  };

  it('lead commands and queries to their handlers, and results back', async () => {
    await start();
    expect(await commands.execute(new Deposit(account, 1, 2))).toBe(3);
    expect(await queries.execute(new Balance(account))).toBe(3);
  });

  it('refuse an invalid command with all its faults and their paths, before its handler', async () => {
    await start();
    await expect(commands.execute(new Deposit('', 1, -1, 0))).rejects.toMatchObject({
      code: 'CQRS_INVALID_COMMAND',
      command: 'Deposit',
      faults: [
        { path: 'account', rule: 'minLength' },
        { path: 'lines[1].quantity', rule: 'isPositive' },
        { path: 'lines[2].quantity', rule: 'isPositive' },
      ],
    });
    await expect(commands.execute(new Deposit(account))).rejects.toThrow('lines: lines should not be empty');
    expect(await eventsOf(`account-${account}`)).toEqual([]);
  });

  it('refuse an invalid query', async () => {
    await start();
    await expect(queries.execute(new Balance(''))).rejects.toMatchObject({
      code: 'CQRS_INVALID_QUERY',
      query: 'Balance',
    });
  });

  it('let what a handler throws reach the caller unchanged, after one execution', async () => {
    await start();
    const error = new Error('no');
    await expect(commands.execute(new Refuse(error))).rejects.toBe(error);
    await expect(commands.execute(new Refuse('text'))).rejects.toBe('text');
  });

  it('execute commands that meet on one aggregate again until each has had its turn', async () => {
    await start({ retry: { attempts: 50, delay: () => new Promise(setImmediate) } });
    const all = Array.from({ length: 20 }, () => commands.execute(new Deposit(account, 1)));
    const balances = (await Promise.all(all)) as number[];
    expect(balances.sort((one, other) => one - other)).toEqual(Array.from({ length: 20 }, (_, at) => at + 1));
    expect(await eventsOf(`account-${account}`)).toHaveLength(20);
  });

  it('give the conflict to the caller when the attempts are spent', async () => {
    await start({ retry: { attempts: 1 } });
    const all = Array.from({ length: 5 }, () => commands.execute(new Deposit(account, 1)));
    const outcomes = await Promise.allSettled(all);
    const lost = outcomes.filter(({ status }) => status === 'rejected');
    expect(lost).toHaveLength(4);
    for (const each of lost) expect(each).toMatchObject({ reason: { code: 'STORE_WRONG_EXPECTED_REVISION' } });
  });

  it('make a request-scoped handler anew for each attempt, and tell of the command once', async () => {
    await start({ retry: { delay: () => Promise.resolve() } });
    const seen: unknown[] = [];
    const subscription = commands.subscribe((command) => void seen.push(command));
    const command = new Scoped();
    await commands.execute(command);
    subscription.unsubscribe();
    expect(new Set(command.instances).size).toBe(2);
    expect(seen).toEqual([command]);
  });

  it('tie together what one command brings about, also through other commands', async () => {
    await start();
    await commands.execute(new Twice(account));
    const [one, other] = (await eventsOf(`account-${account}`)).map(({ metadata }) => metadata);
    expect(one?.correlationId).toEqual(expect.any(String));
    expect(other?.correlationId).toBe(one?.correlationId);
    expect(other?.causationId).not.toBe(one?.causationId);
  });

  it('keep the correlation that surrounds the command', async () => {
    await start();
    await withMetadata({ correlationId: 'request-1', channel: 't' }, () => commands.execute(new Deposit(account, 1)));
    const [event] = await eventsOf(`account-${account}`);
    expect(event?.metadata).toMatchObject({ correlationId: 'request-1', channel: 't' });
    expect(event?.metadata.causationId).not.toBe('request-1');
  });

  it('lead through stages of the application, once per command, after validation', async () => {
    const seen: Execution[] = [];
    const refusal = new Error('not allowed');
    const authorise: Stage = (next) => (execution) => {
      seen.push(execution);
      if (execution.message instanceof Refuse) throw refusal;
      return next(execution);
    };
    await start({ stages: [authorise], retry: { delay: () => Promise.resolve() } });
    await commands.execute(new Scoped());
    await queries.execute(new Balance('')).catch(() => undefined);
    await expect(commands.execute(new Refuse(new Error('handled')))).rejects.toBe(refusal);
    expect(seen.map(({ kind, attempt }) => [kind, attempt])).toEqual([
      ['command', 1],
      ['command', 1],
    ]);
  });

  it('have the pipeline also in a module that imports @nestjs/cqrs itself', async () => {
    await start();
    const old = application.get(OldFeature, { strict: false }).commands;
    expect(old).not.toBe(commands);
    await expect(old.execute(new Deposit(''))).rejects.toMatchObject({ code: 'CQRS_INVALID_COMMAND' });
    expect(await old.execute(new Deposit(account, 4))).toBe(4);
  });

  it('reject a command without a handler as @nestjs/cqrs does', async () => {
    await start();
    class Unhandled {
      readonly has = 'no handler';
    }
    await expect(commands.execute(new Unhandled())).rejects.toThrow('Unhandled');
  });

  it('refuse options at fault at the start, all at once', async () => {
    const faulty = start({ retry: { attempts: 0, baseMs: -1 } });
    await expect(faulty).rejects.toThrow(/attempts.*baseMs/);
  });
});
