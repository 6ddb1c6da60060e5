import { strictEqual } from 'node:assert';
import { Aggregate, AggregateRoot, repositoryOf, When } from '@annals/cqrs';
import { DomainEvent, instanceOf } from '@annals/event-store';
import { given } from '@annals/cqrs/testing';
import { inMemoryStore } from './in-memory-store.js';

@DomainEvent('meter-read')
class MeterRead {
  constructor(
    readonly day: string,
    readonly kilowattHours: number,
  ) {}
}

// #region aggregate
@Aggregate({ category: 'meter', snapshot: { every: 100 } })
class Meter extends AggregateRoot {
  private total = 0n;
  private readonly byMonth = new Map<string, number>();

  read(day: string, kilowattHours: number): void {
    this.apply(new MeterRead(day, kilowattHours));
  }

  @When(MeterRead)
  protected whenRead({ day, kilowattHours }: MeterRead): void {
    const month = day.slice(0, 7);
    this.total += BigInt(kilowattHours);
    this.byMonth.set(month, (this.byMonth.get(month) ?? 0) + kilowattHours);
  }
}
// #endregion aggregate

const store = inMemoryStore();
const meters = repositoryOf(store, Meter);
await meters.change('1', (meter) => {
  for (let day = 0; day < 250; day += 1) meter.read(`2026-${String((day % 12) + 1).padStart(2, '0')}-01`, 3);
});
await store.snapshotsWritten();
strictEqual((await meters.load('1')).revision, 250);

// #region version
@Aggregate({ category: 'meter', snapshot: { every: 100, version: 2 } })
class MeterWithPeak extends AggregateRoot {
  private peak = 0;

  @When(MeterRead)
  protected whenRead({ kilowattHours }: MeterRead): void {
    this.peak = Math.max(this.peak, kilowattHours);
  }
}
// #endregion version
strictEqual((await repositoryOf(store, MeterWithPeak).load('1')).revision, 250);

// #region codec
class Reading {
  constructor(
    readonly day: string,
    readonly kilowattHours: number,
  ) {}
}

@Aggregate({ category: 'logbook', snapshot: { every: 50, codecs: [instanceOf(Reading)] } })
class Logbook extends AggregateRoot {
  private readonly readings: Reading[] = [];

  read(day: string, kilowattHours: number): void {
    if (this.readings.some((reading) => reading.day === day)) throw new Error(`${day} is read already`);
    this.apply(new MeterRead(day, kilowattHours));
  }

  @When(MeterRead)
  protected whenRead({ day, kilowattHours }: MeterRead): void {
    this.readings.push(new Reading(day, kilowattHours));
  }
}
// #endregion codec

// #region private-state
@Aggregate({ category: 'tally', snapshot: { every: 50 } })
class Tally extends AggregateRoot {
  #count = 0;

  @When(MeterRead)
  protected whenRead(): void {
    this.#count += 1;
  }

  protected override toSnapshot(): { count: number } {
    return { count: this.#count };
  }

  protected override fromSnapshot({ count }: { count: number }): void {
    this.#count = count;
  }
}
// #endregion private-state

// #region when
const hourly = { when: ({ before, after }: { before: number; after: number }) => after - before >= 24 };
// #endregion when
strictEqual(hourly.when({ before: 0, after: 24 }), true);

// #region testing
await given(Logbook, new MeterRead('2026-01-01', 3))
  .when((logbook) => logbook.read('2026-01-01', 4))
  .thenRefused(/read already/);
// #endregion testing
await given(Tally, new MeterRead('2026-01-01', 3))
  .when((tally) => tally.apply(new MeterRead('2026-01-02', 3)))
  .thenEvents(new MeterRead('2026-01-02', 3));
