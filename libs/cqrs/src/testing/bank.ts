import { DomainEvent, EventStore } from '@annals/event-store';
import { Inject, Injectable, Scope } from '@nestjs/common';
import { CommandBus, CommandHandler, QueryHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { Type } from 'class-transformer';
import { ArrayNotEmpty, IsPositive, IsString, MinLength, ValidateNested } from 'class-validator';
import { Aggregate } from '../commanding/aggregate.js';
import { AggregateRoot } from '../commanding/aggregate-root.js';
import { Repository } from '../commanding/repository.js';
import { When } from '../commanding/when.js';
import { InjectAggregates } from '../nest/cqrs.decorators.js';

@DomainEvent('bank.deposited')
export class Deposited {
  constructor(readonly amount: number) {}
}

@Aggregate('account')
export class Account extends AggregateRoot {
  balance = 0;
  @When(Deposited)
  protected whenDeposited({ amount }: Deposited): void {
    this.balance += amount;
  }
}

export class Line {
  @IsPositive()
  readonly quantity: number;
  constructor(quantity: number) {
    this.quantity = quantity;
  }
}

export class Deposit {
  @IsString()
  @MinLength(1)
  readonly account: string;
  @ArrayNotEmpty()
  @ValidateNested({ each: true })
  @Type(() => Line)
  readonly lines: readonly Line[];
  constructor(account: string, ...lines: readonly number[]) {
    this.account = account;
    this.lines = lines.map((quantity) => new Line(quantity));
  }
}

@CommandHandler(Deposit)
export class DepositHandler implements ICommandHandler<Deposit> {
  constructor(@InjectAggregates(Account) private readonly accounts: Repository<Account>) {}

  async execute({ account: id, lines }: Deposit): Promise<number> {
    const account = (await this.accounts.find(id)) ?? new Account(id);
    // All who came at once have read the same state by now.
    await new Promise(setImmediate);
    for (const { quantity } of lines) account.apply(new Deposited(quantity));
    await this.accounts.save(account);
    return account.balance;
  }
}

export class Refuse {
  constructor(readonly error: unknown) {}
}
@CommandHandler(Refuse)
export class RefuseHandler implements ICommandHandler<Refuse> {
  execute({ error }: Refuse): Promise<void> {
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- handlers may throw anything
    return Promise.reject(error);
  }
}

export class Twice {
  constructor(readonly account: string) {}
}
@CommandHandler(Twice)
export class TwiceHandler implements ICommandHandler<Twice> {
  constructor(private readonly commands: CommandBus) {}
  async execute({ account }: Twice): Promise<void> {
    await this.commands.execute(new Deposit(account, 1));
    await this.commands.execute(new Deposit(account, 2));
  }
}

export class Scoped {
  readonly instances: object[] = [];
}
@Injectable({ scope: Scope.REQUEST })
@CommandHandler(Scoped)
export class ScopedHandler implements ICommandHandler<Scoped> {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}
  async execute(command: Scoped): Promise<void> {
    command.instances.push(this);
    const expected = command.instances.length === 1 ? 7 : 'any';
    await this.store.append('scoped-1', expected, [new Deposited(1)]);
  }
}

export class Balance {
  @MinLength(1)
  readonly account: string;
  constructor(account: string) {
    this.account = account;
  }
}
@QueryHandler(Balance)
export class BalanceHandler {
  constructor(@InjectAggregates(Account) private readonly accounts: Repository<Account>) {}
  async execute({ account }: Balance): Promise<number> {
    return (await this.accounts.load(account)).balance;
  }
}
