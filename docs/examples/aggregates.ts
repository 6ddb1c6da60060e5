import { deepStrictEqual, strictEqual } from 'node:assert';
import { Aggregate, AggregateRoot, repositoryOf, When } from '@annals/cqrs';
import type { CategorisedDecider } from '@annals/cqrs';
import { given } from '@annals/cqrs/testing';
import { DomainEvent } from '@annals/event-store';
import { inMemoryStore } from './in-memory-store.js';

// #region class
@DomainEvent('seats-booked')
class SeatsBooked {
  constructor(
    readonly guest: string,
    readonly seats: number,
  ) {}
}

@Aggregate('show')
class Show extends AggregateRoot {
  private left = 100;

  book(guest: string, seats: number): void {
    if (seats > this.left) throw new Error(`Only ${this.left} seats are left`);
    this.apply(new SeatsBooked(guest, seats));
  }

  @When(SeatsBooked)
  protected whenBooked({ seats }: SeatsBooked): void {
    this.left -= seats;
  }
}
// #endregion class

const store = inMemoryStore();

// #region load-and-save
const shows = repositoryOf(store, Show);
const hamlet = (await shows.find('hamlet')) ?? new Show('hamlet');
hamlet.book('Ada', 2);
await shows.save(hamlet);
// #endregion load-and-save
strictEqual((await shows.load('hamlet')).revision, 1);

// #region change
const { appended } = await shows.change('hamlet', (show) => show.book('Grace', 4));
// #endregion change
strictEqual(appended?.pending, false);

// #region many-changes
await Promise.all(Array.from({ length: 50 }, (_, n) => shows.change('hamlet', (show) => show.book(`guest ${n}`, 1))));
// #endregion many-changes
strictEqual((await shows.load('hamlet')).revision, 52);

// #region decider
interface CartState {
  readonly items: readonly string[];
  readonly isOpen: boolean;
}
type CartCommand = { readonly add: string } | 'check out';

@DomainEvent('item-added')
class ItemAdded {
  constructor(readonly item: string) {}
}
@DomainEvent('checked-out')
class CheckedOut {}

const cart: CategorisedDecider<CartState, CartCommand, ItemAdded | CheckedOut> = {
  category: 'cart',
  initialState: () => ({ items: [], isOpen: true }),
  decide: (command, { isOpen }) => {
    if (!isOpen) throw new Error('The cart is checked out');
    return command === 'check out' ? [new CheckedOut()] : [new ItemAdded(command.add)];
  },
  evolve: (state, event) =>
    event instanceof ItemAdded ? { ...state, items: [...state.items, event.item] } : { ...state, isOpen: false },
};

const { state } = await repositoryOf(store, cart).handle('1', { add: 'tea' });
// #endregion decider
deepStrictEqual(state, { items: ['tea'], isOpen: true });

// #region unit
await store.unitOfWork.run(async () => {
  await shows.change('macbeth', (show) => show.book('Ada', 2));
  await shows.change('othello', (show) => show.book('Ada', 2));
});
// #endregion unit
strictEqual((await shows.load('othello')).revision, 1);

// #region testing
await given(Show, new SeatsBooked('Ada', 98))
  .when((show) => show.book('Grace', 2))
  .thenEvents(new SeatsBooked('Grace', 2));

await given(Show, new SeatsBooked('Ada', 99))
  .when((show) => show.book('Grace', 2))
  .thenRefused(/Only 1 seats/);

await given(cart, new ItemAdded('tea'), new CheckedOut()).when({ add: 'milk' }).thenRefused();
// #endregion testing
