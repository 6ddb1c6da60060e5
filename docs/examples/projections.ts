import { deepStrictEqual, strictEqual } from 'node:assert';
import { CheckpointInterceptor, Fold, On, OnBatch, Projection, Projections, ReadsFrom } from '@annals/cqrs';
import type { ProjectionContext } from '@annals/cqrs';
import { on, projected } from '@annals/cqrs/testing';
import { DomainEvent } from '@annals/event-store';
import type { RecordedEvent, StreamEvent } from '@annals/event-store';
import { Controller, Get, Injectable, Sse } from '@nestjs/common';
import type { INestApplication, MessageEvent } from '@nestjs/common';
import { map } from 'rxjs';
import type { Observable } from 'rxjs';
import { Column, DataSource, Entity, PrimaryColumn } from 'typeorm';
import { inMemoryStore } from './in-memory-store.js';

// #region events
@DomainEvent('ticket-sold')
class TicketSold {
  constructor(
    readonly show: string,
    readonly guest: string,
    readonly price: number,
  ) {}
}
@DomainEvent('ticket-returned')
class TicketReturned {
  constructor(
    readonly show: string,
    readonly guest: string,
    readonly price: number,
  ) {}
}
// #endregion events

// #region fold
@Entity()
class ShowTakings {
  @PrimaryColumn('text')
  show!: string;
  @Column('int')
  tickets!: number;
  @Column('int')
  takings!: number;
}

@Injectable()
@Projection({ name: 'show-takings', rows: ShowTakings })
class ShowTakingsProjection {
  @Fold(TicketSold, ({ data }) => data.show)
  sold(row: ShowTakings | undefined, { data }: StreamEvent<TicketSold>, show: string): ShowTakings {
    const takings = row ?? Object.assign(new ShowTakings(), { show, tickets: 0, takings: 0 });
    takings.tickets += 1;
    takings.takings += data.price;
    return takings;
  }

  @Fold(TicketReturned, ({ data }) => data.show)
  returned(row: ShowTakings | undefined, { data }: StreamEvent<TicketReturned>): ShowTakings | undefined {
    if (row === undefined || row.tickets === 1) return undefined;
    row.tickets -= 1;
    row.takings -= data.price;
    return row;
  }
}
// #endregion fold

@Entity()
class GuestVisit {
  @PrimaryColumn('text')
  event!: string;
  @Column('text')
  guest!: string;
}

// #region on
@Injectable()
@Projection({ name: 'guest-visits', tables: [GuestVisit], onFailure: 'park', lanes: 4 })
class GuestVisits {
  @On(TicketSold)
  async sold({ id, data }: RecordedEvent<TicketSold>, { manager, sideEffect }: ProjectionContext): Promise<void> {
    await manager.insert(GuestVisit, { event: id, guest: data.guest });
    await sideEffect(() => this.welcome(data.guest));
  }

  private welcome(guest: string): Promise<void> {
    console.log(`Welcome, ${guest}`);
    return Promise.resolve();
  }
}
// #endregion on

// #region batch
@Projection({ name: 'guest-visits-quickly', tables: [GuestVisit] })
class GuestVisitsQuickly {
  @OnBatch(TicketSold)
  async sold(events: readonly RecordedEvent<TicketSold>[], { manager, table }: ProjectionContext): Promise<void> {
    await manager.query(
      `INSERT INTO ${table(GuestVisit)} (event, guest) SELECT * FROM unnest($1::text[], $2::text[])`,
      [events.map(({ id }) => id), events.map(({ data }) => data.guest)],
    );
  }
}
// #endregion batch

// #region specification
const sales = projected(new ShowTakingsProjection()).after(
  on('booking-1', new TicketSold('hamlet', 'Ada', 20)),
  on('booking-2', new TicketSold('hamlet', 'Grace', 25)),
  on('booking-1', new TicketReturned('hamlet', 'Ada', 20)),
);
await sales.thenRow('hamlet', { tickets: 1, takings: 25 });
await sales.after(on('booking-2', new TicketReturned('hamlet', 'Grace', 25))).thenRows(0);
// #endregion specification

const store = inMemoryStore();

// #region live
@Projection({ name: 'takings-on-demand', mode: 'live' })
class TakingsOnDemand extends ShowTakingsProjection {}

const projections = new Projections(store, undefined);
projections.add(new TakingsOnDemand());
const first = await store.append('booking-1', 'no-stream', [new TicketSold('hamlet', 'Ada', 20)]);
await store.append('booking-2', 'no-stream', [new TicketSold('hamlet', 'Grace', 25)]);
const now = await projections.fold<ShowTakings>('takings-on-demand');
const then = await projections.fold<ShowTakings>('takings-on-demand', { upTo: first.pending ? [] : first.checkpoint });
// #endregion live
strictEqual(now.get('hamlet')?.takings, 45);
deepStrictEqual(
  then.all().map(({ takings }) => takings),
  [20],
);

// #region reading
@Controller('takings')
class TakingsController {
  constructor(
    private readonly rows: DataSource,
    private readonly shows: Projections,
  ) {}

  @Get()
  @ReadsFrom('show-takings')
  all(): Promise<ShowTakings[]> {
    return this.rows.getRepository(ShowTakings).find();
  }

  @Sse('live')
  live(): Observable<MessageEvent> {
    return this.shows.query$('show-takings', () => this.all()).pipe(map((data) => ({ data })));
  }
}

function useCheckpoints(application: INestApplication): void {
  application.useGlobalInterceptors(application.get(CheckpointInterceptor));
}
// #endregion reading

// #region operating
async function mend(shows: Projections): Promise<void> {
  const { state, lag, parked, eventsPerSecond } = await shows.status('guest-visits');
  const { reasons } = await shows.diagnose('guest-visits');
  console.log(state, lag, parked, eventsPerSecond, reasons);
  for (const { key } of await shows.parked('guest-visits')) await shows.release('guest-visits', key);

  const { state: ended, detail } = await shows.rebuild('guest-visits', { compare: 'equal' });
  if (ended === 'unequal') console.log(detail);
}
// #endregion operating
strictEqual([GuestVisits, GuestVisitsQuickly, TakingsController, useCheckpoints, mend].length, 5);
