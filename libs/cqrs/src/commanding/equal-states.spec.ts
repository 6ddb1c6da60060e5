import { DomainEvent, InMemorySnapshots, LogEventStore } from '@annals/event-store';
import type { SnapshotOptions } from '@annals/event-store';
import { InMemoryLog, InMemoryUnitOfWork } from '@annals/log';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Aggregate } from './aggregate.js';
import { AggregateRoot } from './aggregate-root.js';
import type { CategorisedDecider } from './decider.js';
import { capture } from './event-sourced.js';
import { repositoryOf } from './repository-of.js';
import { When } from './when.js';

@DomainEvent('equal-states.stocked')
class Stocked {
  constructor(
    readonly product: string,
    readonly quantity: number,
    readonly at: string,
  ) {}
}
@DomainEvent('equal-states.cleared')
class Cleared {
  constructor(readonly product: string) {}
}
type Event = Stocked | Cleared;

/** Of all kinds of state that a snapshot can hold. */
class ShelfBase extends AggregateRoot {
  readonly stock = new Map<string, bigint>();
  readonly seen = new Set<string>();
  last: Date | undefined = new Date(0);
  mean = NaN;
  history: { product: string; left?: number | undefined }[] = [];

  @When(Stocked)
  protected whenStocked({ product, quantity, at }: Stocked): void {
    this.stock.set(product, (this.stock.get(product) ?? 0n) + BigInt(quantity));
    this.seen.add(product);
    this.last = new Date(at);
    this.mean = quantity === 0 ? -0 : quantity / this.seen.size;
    this.history.push({ product, left: quantity });
  }
  @When(Cleared)
  protected whenCleared({ product }: Cleared): void {
    this.stock.delete(product);
    this.last = undefined;
    this.history.push({ product, left: undefined });
  }
}
@Aggregate({ category: 'shelf' })
class Plain extends ShelfBase {}

const shelf = (snapshot?: SnapshotOptions): CategorisedDecider<ReadonlyMap<string, number>, Event, Event> => ({
  category: 'decided',
  snapshot,
  initialState: () => new Map(),
  decide: (event) => [event],
  evolve: (state, event) =>
    new Map([
      ...state,
      [event.product, event instanceof Cleared ? NaN : (state.get(event.product) ?? 0) + event.quantity],
    ]),
});

const product = fc.constantFrom('tea', 'milk', 'jam');
const event: fc.Arbitrary<Event> = fc.oneof(
  fc
    .tuple(product, fc.integer({ min: -5, max: 1_000 }), fc.date({ noInvalidDate: true }))
    .map(([name, quantity, at]) => new Stocked(name, quantity, at.toISOString())),
  product.map((name) => new Cleared(name)),
);
/** Commits of several events each, and how the application takes snapshots. */
const history = fc.record({
  commits: fc.array(fc.array(event, { minLength: 1, maxLength: 7 }), { minLength: 1, maxLength: 12 }),
  every: fc.integer({ min: 1, max: 12 }),
});

/** What could not be a snapshot; nothing may. */
const faults: unknown[] = [];

function open(): LogEventStore {
  const log = new InMemoryLog();
  const parts = {
    log,
    unitOfWork: new InMemoryUnitOfWork(log),
    wakesReaders: log,
    snapshots: new InMemorySnapshots(log),
  };
  return new LogEventStore(parts, { onSnapshotFault: (fault) => faults.push(fault) });
}

describe('For random histories', () => {
  it('the state of an aggregate is equal inline, replayed, from a snapshot and kept between changes', async () => {
    await fc.assert(
      fc.asyncProperty(history, async ({ commits, every }) => {
        @Aggregate({ category: 'shelf', snapshot: { every } })
        class Shelf extends ShelfBase {}
        const store = open();
        const [shelves, plain] = [repositoryOf(store, Shelf), repositoryOf(store, Plain)];
        const inline = new Shelf('1');
        for (const events of commits) {
          for (const each of events) inline.apply(each);
          await shelves.change('1', (kept) => events.forEach((each) => kept.apply(each)));
        }
        await store.snapshotsWritten();
        const kept = await shelves.change('1', (aggregate) => structuredClone(aggregate[capture]()));
        const states = [(await plain.load('1'))[capture](), (await shelves.load('1'))[capture](), kept.result];
        expect(faults).toEqual([]);
        expect(states).toStrictEqual([inline[capture](), inline[capture](), inline[capture]()]);
      }),
      { numRuns: 60 },
    );
  });

  it('the state of a decider is equal inline, replayed and from a snapshot, saved in whatever commits', async () => {
    await fc.assert(
      fc.asyncProperty(history, async ({ commits, every }) => {
        const store = open();
        const [shelves, plain] = [repositoryOf(store, shelf({ every })), repositoryOf(store, shelf())];
        const inline = commits.flat().reduce(shelf().evolve, shelf().initialState());
        for (const events of commits) {
          const decided = (await shelves.find('1')) ?? (await shelves.change('1', (state) => state)).result;
          for (const each of events) decided.decide(each);
          await shelves.save(decided);
          await store.snapshotsWritten();
        }
        expect(faults).toEqual([]);
        expect((await shelves.load('1')).state).toStrictEqual(inline);
        expect((await plain.load('1')).state).toStrictEqual(inline);
      }),
      { numRuns: 60 },
    );
  });
});
