import { declareEventType, DomainEvent } from '@annals/event-store';
import type { ReplayedEvent } from '@annals/event-store';
import type { StreamEvent } from '@annals/event-store';
import { count } from '@annals/log';
import { describe, expect, it } from 'vitest';
import { Aggregate, optionsOfAggregate } from './aggregate.js';
import { AggregateRoot } from './aggregate-root.js';
import { When } from './when.js';

@DomainEvent('aggregate-root-spec.opened')
class Opened {
  constructor(readonly owner: string) {}
}
@DomainEvent('aggregate-root-spec.deposited')
class Deposited {
  constructor(readonly amount: number) {}
}
@DomainEvent('aggregate-root-spec.deposited', { version: 2 })
class DepositedV2 {
  constructor(readonly cents: number) {}
}
@DomainEvent('aggregate-root-spec.noted')
class Noted {}
class Undeclared {
  readonly it = 'is no event';
}

@Aggregate('account')
class Account extends AggregateRoot {
  owner = '';
  balance = 0;
  @When(Opened)
  protected whenOpened({ owner }: Opened): void {
    this.owner = owner;
  }
  @When(Deposited)
  protected whenDeposited({ amount }: Deposited): void {
    if (amount < 0) throw new Error('negative');
    this.balance += amount;
  }
}

const read = (type: string, data: unknown, revision: number, version = 1): StreamEvent => ({
  id: 'any',
  stream: 'account-1',
  revision: count(revision),
  type,
  version,
  data,
  metadata: {},
});

describe('An aggregate root', () => {
  it('changes its state by the @When method of an applied event, and keeps the event for the next save', () => {
    const account = new Account('1');
    const opened = new Opened('Ada');
    account.apply(opened);
    account.apply(new Deposited(5));
    expect(account.owner).toBe('Ada');
    expect(account.balance).toBe(5);
    expect(account.uncommitted).toEqual([opened, new Deposited(5)]);
    expect(account.revision).toBe(0);
  });

  it('gives a @When method an instance also when the event is applied as plain data', () => {
    const account = new Account('1');
    account.apply({ type: 'aggregate-root-spec.opened', data: { owner: 'Ada' } });
    expect(account.owner).toBe('Ada');
  });

  it('keeps an event that has no @When method', () => {
    const account = new Account('1');
    account.apply(new Noted());
    declareEventType('aggregate-root-spec.elsewhere');
    account.apply({ type: 'aggregate-root-spec.elsewhere', data: 7 });
    expect(account.uncommitted).toHaveLength(2);
  });

  it('refuses an event of a type that nothing declares, which would be missing from its state', () => {
    const unknown = { type: 'aggregate-root-spec.renamed', version: 1, data: {} };
    const refused = expect.objectContaining({ code: 'STORE_UNKNOWN_EVENT_TYPE', type: unknown.type }) as Error;
    expect(() => new Account('1').apply(unknown)).toThrow(refused);
    const replayed = { ...unknown, revision: 1 as ReplayedEvent['revision'] };
    expect(() => new Account('1').replay(replayed)).toThrow(refused);
  });

  it('counts the events of the store itself, and is not changed by them', () => {
    const account = new Account('1');
    const system = { type: '$shredded', version: 1, data: {}, revision: 1 as ReplayedEvent['revision'] };
    account.replay(system);
    expect(account).toMatchObject({ revision: 1, uncommitted: [] });
  });

  it('does not keep an event whose @When method throws', () => {
    const account = new Account('1');
    expect(() => account.apply(new Deposited(-1))).toThrow('negative');
    expect(account.uncommitted).toEqual([]);
  });

  it('refuses what is no event', () => {
    const invalid = expect.objectContaining({ code: 'CQRS_INVALID_AGGREGATE' }) as Error;
    expect(() => new Account('1').apply(new Undeclared())).toThrow(invalid);
    expect(() => new Account('1').apply({ type: 'data-is-missing' })).toThrow(invalid);
  });

  it('is brought up to date by events in order, without keeping them', () => {
    const account = new Account('1').loadFrom([
      read('aggregate-root-spec.opened', new Opened('Ada'), 1),
      read('aggregate-root-spec.deposited', new Deposited(5), 2),
    ]);
    expect(account).toMatchObject({ owner: 'Ada', balance: 5, revision: 2, uncommitted: [] });
  });

  it('refuses events that leave a hole, come twice, or come after changes of its own', () => {
    const first = read('aggregate-root-spec.noted', {}, 1);
    const account = new Account('1').loadFrom([first]);
    expect(() => account.loadFrom([read('aggregate-root-spec.noted', {}, 3)])).toThrow(RangeError);
    expect(() => account.loadFrom([first])).toThrow(RangeError);
    account.apply(new Noted());
    expect(() => account.loadFrom([read('aggregate-root-spec.noted', {}, 2)])).toThrow(RangeError);
  });

  it('refuses a version of an event that it has no method for, rather than passing it over', () => {
    expect(() =>
      new Account('1').loadFrom([read('aggregate-root-spec.deposited', new DepositedV2(500), 1, 2)]),
    ).toThrow(expect.objectContaining({ code: 'CQRS_UNHANDLED_EVENT_VERSION', version: 2, known: [1] }) as Error);
  });

  it('counts its events as saved once it is told so', () => {
    const account = new Account('1');
    account.apply(new Deposited(1));
    account.apply(new Deposited(2));
    account.markCommitted();
    expect(account).toMatchObject({ revision: 2, uncommitted: [], balance: 3 });
  });

  it('shows nothing of revision and uncommitted events in its JSON', () => {
    const account = new Account('1');
    account.apply(new Opened('Ada'));
    expect(JSON.parse(JSON.stringify(account))).toEqual({ id: '1', owner: 'Ada', balance: 0 });
  });
});

describe('@When in a class that extends another', () => {
  class Child extends Account {
    seen: string[] = [];
    protected override whenOpened(event: Opened): void {
      super.whenOpened(event);
      this.seen.push('overridden');
    }
    @When(Deposited)
    protected bank(): void {
      this.seen.push('replaced');
    }
    @When(Noted)
    protected note(): void {
      this.seen.push('added');
    }
  }

  it('adds to, overrides and replaces the methods of the class it extends', () => {
    const child = new Child('1');
    child.apply(new Opened('Ada'));
    child.apply(new Deposited(5));
    child.apply(new Noted());
    expect(child).toMatchObject({ owner: 'Ada', balance: 0, seen: ['overridden', 'replaced', 'added'] });
  });

  it('leaves that class as it was', () => {
    const account = new Account('1');
    account.apply(new Deposited(5));
    expect(account.balance).toBe(5);
  });

  it('takes its category from there, unless it has its own', () => {
    @Aggregate({ category: 'savings' })
    class Savings extends Account {}
    expect(optionsOfAggregate(Child)).toEqual({ category: 'account' });
    expect(optionsOfAggregate(Savings)).toEqual({ category: 'savings' });
  });
});

describe('A faulty declaration', () => {
  const invalid = expect.objectContaining({ code: 'CQRS_INVALID_AGGREGATE' }) as Error;

  it('is refused when it has two methods for one event', () => {
    expect(() => {
      class Twice extends AggregateRoot {
        @When(Noted)
        one(): void {
          this.apply(new Noted());
        }
        @When(Noted)
        two(): void {
          this.apply(new Noted());
        }
      }
      return Twice;
    }).toThrow(invalid);
  });

  it('is refused at the first event when a method is for a class that is no event', () => {
    class Strange extends AggregateRoot {
      @When(Undeclared)
      one(): void {
        this.apply(new Noted());
      }
    }
    expect(() => new Strange('1').apply(new Noted())).toThrow(invalid);
  });

  it('is refused when the category is missing, empty or has a hyphen', () => {
    class Nameless extends AggregateRoot {}
    expect(() => optionsOfAggregate(Nameless)).toThrow(invalid);
    expect(() => Aggregate('')).toThrow(invalid);
    expect(() => Aggregate('sales-order')).toThrow(invalid);
  });
});
