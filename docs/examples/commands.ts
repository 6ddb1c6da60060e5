import { deepStrictEqual, rejects, strictEqual } from 'node:assert';
import {
  Aggregate,
  AggregateRoot,
  Command,
  CommandBus,
  CommandHandler,
  CommandScheduler,
  CqrsModule,
  currentExecution,
  InjectAggregates,
  Recurring,
  Repository,
  ScheduledCommand,
  standardOrder,
  When,
  withCommand,
} from '@annals/cqrs';
import type { ICommandHandler, Stage } from '@annals/cqrs';
import { DomainEvent, EventStoreModule } from '@annals/event-store';
import { UnitOfWork } from '@annals/log';
import { AnnalsError, newId } from '@annals/message';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { IsPositive, MinLength } from 'class-validator';

@DomainEvent('money-deposited')
class MoneyDeposited {
  constructor(readonly amount: number) {}
}
@DomainEvent('money-withdrawn')
class MoneyWithdrawn {
  constructor(readonly amount: number) {}
}
class Overdrawn extends AnnalsError {
  readonly code = 'BANK_OVERDRAWN';
}

@Aggregate('account')
class Account extends AggregateRoot {
  balance = 0;
  deposit(amount: number): void {
    this.apply(new MoneyDeposited(amount));
  }
  withdraw(amount: number): void {
    if (amount > this.balance) throw new Overdrawn(`Account ${this.id} has ${this.balance}`);
    this.apply(new MoneyWithdrawn(amount));
  }
  @When(MoneyDeposited)
  protected whenDeposited({ amount }: MoneyDeposited): void {
    this.balance += amount;
  }
  @When(MoneyWithdrawn)
  protected whenWithdrawn({ amount }: MoneyWithdrawn): void {
    this.balance -= amount;
  }
}

// #region command
class Deposit extends Command<number> {
  @MinLength(1)
  readonly account: string;
  @IsPositive()
  readonly amount: number;
  constructor(account: string, amount: number) {
    super();
    this.account = account;
    this.amount = amount;
  }
}

@CommandHandler(Deposit)
class DepositHandler implements ICommandHandler<Deposit> {
  constructor(@InjectAggregates(Account) private readonly accounts: Repository<Account>) {}

  async execute({ account: id, amount }: Deposit): Promise<number> {
    const account = (await this.accounts.find(id)) ?? new Account(id);
    account.deposit(amount);
    await this.accounts.save(account);
    return account.balance;
  }
}
// #endregion command

class Transfer extends Command<void> {
  constructor(
    readonly from: string,
    readonly to: string,
    readonly amount: number,
  ) {
    super();
  }
}

// #region several-aggregates
@CommandHandler(Transfer)
class TransferHandler implements ICommandHandler<Transfer> {
  constructor(
    @InjectAggregates(Account) private readonly accounts: Repository<Account>,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async execute({ from, to, amount }: Transfer): Promise<void> {
    await this.unitOfWork.run(async () => {
      const [giver, taker] = [await this.accounts.load(from), await this.accounts.load(to)];
      giver.withdraw(amount);
      taker.deposit(amount);
      await this.accounts.save(giver);
      await this.accounts.save(taker);
    });
  }
}
// #endregion several-aggregates

// #region stage
const slowOnes: string[] = [];
const noteSlowOnes: Stage = (next) => async (execution) => {
  const began = performance.now();
  try {
    return await next(execution);
  } finally {
    if (performance.now() - began > 1_000) slowOnes.push(execution.message.constructor.name);
  }
};
// #endregion stage

// #region timetable
@ScheduledCommand('charge-interest')
class ChargeInterest extends Command<void> {
  constructor(readonly day: string) {
    super();
  }
}

@Injectable()
class Timetable {
  @Recurring({
    name: 'nightly interest',
    cron: '0 2 * * *',
    timeZone: 'Europe/London',
    overlap: 'skip',
    missed: 'last',
  })
  interest(due: Date): ChargeInterest {
    return new ChargeInterest(due.toISOString().slice(0, 10));
  }
}
// #endregion timetable

@CommandHandler(ChargeInterest)
class ChargeInterestHandler implements ICommandHandler<ChargeInterest> {
  async execute(): Promise<void> {
    const { signal } = currentExecution() ?? {};
    signal?.throwIfAborted();
    await Promise.resolve();
  }
}

// #region module
@Module({
  imports: [
    EventStoreModule.forRoot({ engine: 'in-memory' }),
    CqrsModule.forRoot({
      authorise: ({ message }) => !(message instanceof ChargeInterest),
      timeoutMs: 5_000,
      retry: { attempts: 10 },
      pipeline: (stages) => [noteSlowOnes, ...standardOrder(stages)],
    }),
    CqrsModule.forFeature([Account]),
  ],
  providers: [DepositHandler, TransferHandler, ChargeInterestHandler, Timetable],
})
class BankModule {}
// #endregion module

const application = await NestFactory.createApplicationContext(BankModule, { logger: false });
const commands = application.get(CommandBus);

// #region once
const requestId = newId();
const deposit = () => withCommand({ commandId: requestId }, () => commands.execute(new Deposit('ada', 100)));
const [first, again] = await Promise.all([deposit(), deposit()]);
// #endregion once
deepStrictEqual([first, again], [100, 100]);

await commands.execute(new Deposit('grace', 1));
await commands.execute(new Transfer('ada', 'grace', 30));
await rejects(commands.execute(new Transfer('ada', 'grace', 100)), { code: 'BANK_OVERDRAWN' });
await rejects(commands.execute(new Deposit('', -1)), { code: 'CQRS_INVALID_COMMAND' });
await rejects(commands.execute(new ChargeInterest('today')), { code: 'CQRS_NOT_AUTHORISED' });
strictEqual(await commands.execute(new Deposit('grace', 1)), 32);
deepStrictEqual(slowOnes, []);

// #region schedule
async function chargeTomorrow(scheduler: CommandScheduler): Promise<string> {
  return scheduler.schedule(new ChargeInterest('2027-01-01'), new Date('2027-01-01T02:00:00Z'));
}
// #endregion schedule
await rejects(chargeTomorrow(application.get(CommandScheduler)), { code: 'CQRS_INVALID_SCHEDULE' });
await application.close();
