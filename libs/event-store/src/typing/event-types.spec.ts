import { Type } from 'class-transformer';
import { describe, expect, it } from 'vitest';
import { DomainEvent } from './domain-event.js';
import { declaredEventTypes, EventTypes } from './event-types.js';

class Money {
  constructor(
    readonly amount: string,
    readonly currency: string,
  ) {}

  text(): string {
    return `${this.amount} ${this.currency}`;
  }
}

let constructed = 0;

@DomainEvent('event-types.spec/placed')
class Placed {
  constructor(readonly order: string) {
    constructed += 1;
  }

  shout(): string {
    return this.order.toUpperCase();
  }
}

@DomainEvent('event-types.spec/placed', { version: 2 })
class PlacedForMoney {
  @Type(() => Money)
  readonly total!: Money;

  @Type(() => Money)
  readonly lines!: Money[];
}

class PlacedAbroad extends PlacedForMoney {
  readonly country!: string;
}

const revive = (eventClass: unknown, plain: object): object => {
  const type = declaredEventTypes.ofClass(eventClass);
  if (type === undefined) throw new Error('the class is not declared');
  return type.revive(plain);
};

describe('EventTypes', () => {
  it('knows a class by what the decorator says, never by the name of the class', () => {
    expect(declaredEventTypes.ofClass(Placed)).toMatchObject({ name: 'event-types.spec/placed', version: 1 });
    expect(declaredEventTypes.ofClass(PlacedForMoney)).toMatchObject({ name: 'event-types.spec/placed', version: 2 });
    expect([...(declaredEventTypes.versionsOf('event-types.spec/placed')?.keys() ?? [])]).toEqual([1, 2]);
    expect(declaredEventTypes.versionsOf('Placed')).toBeUndefined();
  });

  it('does not take a subclass for the class it extends', () => {
    expect(declaredEventTypes.ofClass(PlacedAbroad)).toBeUndefined();
  });

  it('revives an instance without calling the constructor', () => {
    const before = constructed;
    const placed = revive(Placed, { order: 'a-1', extra: 7 });
    expect(placed).toBeInstanceOf(Placed);
    expect(placed.constructor).toBe(Placed);
    expect((placed as Placed).shout()).toBe('A-1');
    expect({ ...placed }).toEqual({ order: 'a-1', extra: 7 });
    expect(constructed).toBe(before);
  });

  it('revives nested classes that @Type names, also inherited', () => {
    const total = { amount: '1.50', currency: 'EUR' };
    const types = new EventTypes();
    types.add(PlacedAbroad, 'abroad', 1);
    const placed = [
      revive(PlacedForMoney, { total, lines: [total] }),
      types.ofClass(PlacedAbroad)?.revive({ total, lines: [] }),
    ];
    expect(placed.map((each) => (each as PlacedForMoney).total.text())).toEqual(['1.50 EUR', '1.50 EUR']);
    expect((placed[0] as PlacedForMoney).lines[0]).toBeInstanceOf(Money);
    expect(placed[1]).toBeInstanceOf(PlacedAbroad);
  });

  it('refuses one name and version for two classes, naming both', () => {
    const declare = (): void => {
      class Another extends Money {}
      DomainEvent('event-types.spec/placed', { version: 2 })(Another);
    };
    expect(declare).toThrow(
      expect.objectContaining({ code: 'STORE_DUPLICATE_EVENT_TYPE', type: 'event-types.spec/placed', version: 2 }),
    );
    expect(declare).toThrow(/PlacedForMoney and Another/);
    expect(declaredEventTypes.versionsOf('event-types.spec/placed')?.get(2)?.eventClass).toBe(PlacedForMoney);
  });

  it.each([
    ['an empty name', '', 1],
    ['a name with a control character', 'a\u0000', 1],
    ['a name of more than 255 bytes', 'ä'.repeat(128), 1],
    ['version 0', 'a', 0],
    ['a broken version', 'a', 1.5],
    ['a version that the table has no room for', 'a', 32_768],
  ])('refuses %s', (_, name, version) => {
    expect(() => DomainEvent(name, { version })(class extends Money {})).toThrow(
      expect.objectContaining({ code: 'STORE_INVALID_EVENT_TYPE' }),
    );
  });

  it('refuses a class under two names', () => {
    const types = new EventTypes();
    types.add(Money, 'money', 1);
    expect(() => {
      types.add(Money, 'cash', 1);
    }).toThrow(expect.objectContaining({ code: 'STORE_INVALID_EVENT_TYPE' }));
  });
});
