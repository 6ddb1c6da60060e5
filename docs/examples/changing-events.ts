import { deepStrictEqual, rejects, strictEqual } from 'node:assert';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Coded,
  copyStore,
  declaredEventTypes,
  DomainEvent,
  instanceOf,
  InMemoryKeyStore,
  InMemorySnapshots,
  InMemorySubjectRegistry,
  LogEventStore,
} from '@annals/event-store';
import { checkEventFixtures, recordEventFixtures } from '@annals/event-store/fixtures';
import { InMemoryLog, InMemoryUnitOfWork } from '@annals/log';
import { bigintCodec, dateCodec } from '@annals/message';
import type { Codec } from '@annals/message';

// #region upcasters
interface RoomBookedV1 {
  readonly guest: string;
  readonly room: string;
}
interface RoomBookedV2 {
  readonly guest: string;
  readonly rooms: readonly string[];
}

@DomainEvent('room-booked', {
  version: 3,
  upcasters: {
    1: ({ guest, room }: RoomBookedV1): RoomBookedV2 => ({ guest, rooms: [room] }),
    2: ({ guest, rooms }: RoomBookedV2) => ({ guest, rooms, nights: 1 }),
  },
  formerNames: ['BookingCreated'],
})
class RoomBooked {
  constructor(
    readonly guest: string,
    readonly rooms: readonly string[],
    readonly nights: number,
  ) {}
}
// #endregion upcasters

const parts = () => {
  const log = new InMemoryLog();
  const snapshots = new InMemorySnapshots(log);
  const personal = { keys: new InMemoryKeyStore(), subjects: new InMemorySubjectRegistry(log, snapshots) };
  return { log, unitOfWork: new InMemoryUnitOfWork(log), wakesReaders: log, snapshots, personal };
};
const old = parts();
await old.log.append([
  {
    stream: 'booking-1',
    expected: 'any',
    records: [
      {
        id: '0190a8c5-7b1c-7c3e-8a41-000000000001',
        type: 'BookingCreated',
        version: 1,
        data: '{"guest":"Ada","room":"12"}',
        metadata: null,
        correlationId: null,
        tenant: null,
      },
    ],
  },
]);
const store = new LogEventStore(old);
// #region read-lifted
for await (const { type, version, data } of store.read('booking-1')) {
  console.log(type, version, data);
}
// #endregion read-lifted
for await (const { data } of store.read('booking-1')) deepStrictEqual(data, new RoomBooked('Ada', ['12'], 1));

// #region coded
class Price {
  constructor(readonly cents: bigint) {}
}
const priceCodec: Codec<Price> = {
  name: 'price',
  is: (value): value is Price => value instanceof Price,
  encode: ({ cents }) => `${cents}`,
  decode: (encoded) => new Price(BigInt(encoded as string)),
};

class NightCharged {
  @Coded(dateCodec)
  readonly night: Date;
  @Coded(priceCodec)
  readonly price: Price;
  constructor(night: Date, price: Price) {
    this.night = night;
    this.price = price;
  }
}

@DomainEvent('invoice-sent')
class InvoiceSent {
  @Coded(bigintCodec)
  readonly number: bigint;
  @Coded(instanceOf(NightCharged), { each: true })
  readonly nights: readonly NightCharged[];
  constructor(number: bigint, nights: readonly NightCharged[]) {
    this.number = number;
    this.nights = nights;
  }
}
// #endregion coded
const invoice = new InvoiceSent(9007199254740993n, [new NightCharged(new Date(0), new Price(12_000n))]);
await store.append('invoice-1', 'no-stream', [invoice]);
for await (const { data } of store.read('invoice-1')) deepStrictEqual(data, invoice);

const directory = join(mkdtempSync(join(tmpdir(), 'annals-')), 'event-fixtures');
const only = (type: string): boolean => type === 'invoice-sent';
await rejects(checkEventFixtures({ directory, only }));
// #region record
await recordEventFixtures({ directory, events: store.readAll() });
// #endregion record
// #region gate
const checked = await checkEventFixtures({ directory, only });
// #endregion gate
strictEqual(checked, 1);
strictEqual(declaredEventTypes.knows('BookingCreated'), true);

const next = parts();
// #region copy
await copyStore({
  from: old,
  to: next,
  transform: (event) => {
    if (event.type === 'invoice-sent' && event.stream === 'invoice-1') return undefined;
    return event.type === 'BookingCreated' ? { ...event, type: 'room-booked' } : event;
  },
  onProgress: ({ read, total, remainingMs }) => {
    console.log(`${read} of ${total}, ${Math.round(remainingMs / 1_000)} s left`);
  },
});
// #endregion copy
const copied: string[] = [];
for await (const { stream } of new LogEventStore(next).readAll()) copied.push(stream);
strictEqual(copied.filter((stream) => stream === 'invoice-1').length, 0);
