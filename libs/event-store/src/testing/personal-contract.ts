import { newId } from '@annals/message';
import { expect, it, vi } from 'vitest';
import { DataSubject, Personal } from '../shredding/personal.js';
import { PersonalDataShredded } from '../shredding/personal-data-shredded.js';
import { Shredded } from '../shredding/shredded.js';
import { DomainEvent } from '../typing/domain-event.js';
import type { StoreUnderTest } from './store-under-test.js';
import { all, aStream, failureOf } from './store-under-test.js';
import { Tally, tallies } from './tally.js';

@DomainEvent('personal-contract.moved-in')
class MovedIn {
  @DataSubject('person')
  readonly person: string;
  @Personal()
  readonly name: Personal<string>;
  @Personal()
  readonly address?: Personal<{ readonly street: string; readonly floors: readonly number[] }> | undefined;
  @Personal({ subject: ({ landlord }: MovedIn) => `person-${landlord}` })
  readonly iban?: Personal<string> | undefined;
  readonly landlord: string;
  readonly rent: number;

  constructor(person: string, given: Partial<MovedIn> & { name: string }) {
    this.person = person;
    this.name = given.name;
    this.address = given.address;
    this.iban = given.iban;
    this.landlord = given.landlord ?? newId();
    this.rent = given.rent ?? 0;
  }
}

@DomainEvent('personal-contract.nicknamed')
class Nicknamed {
  @Personal()
  readonly nickname: Personal<string>;
  constructor(nickname: string) {
    this.nickname = nickname;
  }
}

const SECRET = 'Erika Mustermann-Gänseblümchen';

/** Personal data, and how it is forgotten. */
export function testPersonalData(under: StoreUnderTest): void {
  testSealing(under);
  testShredding(under);
  testStates(under);
  testCrash(under);
}

/** What the log holds of a stream, as text. */
const storedText = async (under: StoreUnderTest, stream: string): Promise<string> =>
  JSON.stringify(await under().log.readStream(stream, {}, 100, 'forwards'));

function testSealing(under: StoreUnderTest): void {
  it('stores none of it in plain, and reads it as it was', async () => {
    const { store } = under();
    const [stream, person] = [aStream('tenancy'), newId()];
    const event = new MovedIn(person, { name: SECRET, address: { street: 'Secret Lane', floors: [1, 2] }, rent: 700 });
    await store.append(stream, 'any', [event]);
    const stored = await storedText(under, stream);
    for (const planted of [SECRET, 'Gänseblümchen', 'Secret Lane']) expect(stored).not.toContain(planted);
    expect(stored).toContain('700');
    const [read] = await all(store.read(stream));
    expect(read?.data).toEqual(event);
    expect(read?.data).toBeInstanceOf(MovedIn);
  });

  it('belongs to the stream when no field says whose it is', async () => {
    const { store } = under();
    const stream = aStream('person');
    await store.append(stream, 'any', [new Nicknamed(SECRET)]);
    expect(await store.streamsOfSubject(stream)).toEqual([{ stream, tenant: undefined }]);
  });

  it('gives the same text twice as two secrets', async () => {
    const { store } = under();
    const stream = aStream('person');
    await store.append(stream, 'any', [new Nicknamed(SECRET), new Nicknamed(SECRET)]);
    const [one, other] = await under().log.readStream(stream, {}, 2, 'forwards');
    expect(one?.data).not.toBe(other?.data);
  });

  it('refuses what looks sealed, a subject that cannot be one, and what is shredded already', async () => {
    const { store } = under();
    const bad = store.append(aStream(), 'any', [
      new MovedIn('\u0007', { name: 'Ada' }),
      { type: 'personal-contract.nicknamed', data: { nickname: new Shredded('a') } },
    ]);
    const failure = await failureOf(bad);
    expect(failure).toMatchObject({ code: 'STORE_INVALID_EVENT' });
    const faults = (failure as unknown as { faults: { path: string }[] }).faults;
    expect(faults.map(({ path }) => path)).toEqual(['name', 'nickname']);
    const forged = { type: 'forged', data: { name: { $personal: { subject: 'a', key: 'b', sealed: 'c' } } } };
    expect(await failureOf(store.append(aStream(), 'any', [forged]))).toMatchObject({
      code: 'STORE_INVALID_EVENT',
      faults: [{ path: 'name.$personal' }],
    });
  });

  it('is opened inside the unit of work that enrolled it', async () => {
    const { store, unitOfWork } = under();
    const stream = aStream('person');
    await unitOfWork.run(async () => {
      await store.append(stream, 'any', [new Nicknamed(SECRET)]);
      expect(await all(store.read(stream))).toMatchObject([{ data: { nickname: SECRET } }]);
    });
    expect(await storedText(under, stream)).not.toContain(SECRET);
  });
}

function testShredding(under: StoreUnderTest): void {
  it('reads as Shredded once its subject is shredded; what others have is unchanged', async () => {
    const { store } = under();
    const [stream, person, landlord] = [aStream('tenancy'), newId(), newId()];
    await store.append(stream, 'any', [
      new MovedIn(person, { name: SECRET, landlord, iban: 'DE02 1203', rent: 700 }),
      new MovedIn(landlord, { name: 'Landlord' }),
    ]);
    const token = await store.toToken(await store.head());
    await store.shred(`person-${person}`);
    const [moved, other, marker] = await all(store.read(stream));
    expect(moved?.data).toMatchObject({ name: new Shredded(`person-${person}`), iban: 'DE02 1203', rent: 700 });
    expect((moved?.data as MovedIn).address).toBeUndefined();
    expect(other?.data).toMatchObject({ name: 'Landlord' });
    expect(marker).toMatchObject({ type: '$shredded', data: new PersonalDataShredded(`person-${person}`) });
    const since = await all(store.readAll(await store.fromToken(token), { types: ['$shredded'] }));
    expect(since).toMatchObject([{ stream, data: { subject: `person-${person}` } }]);
    expect(JSON.stringify(moved?.data)).not.toContain(SECRET);
  });

  it('is done also when it is asked for again, or for nobody', async () => {
    const { personal, store } = under();
    const stream = aStream('person');
    await store.append(stream, 'any', [new Nicknamed(SECRET)]);
    await store.shred(stream);
    await store.shred(stream);
    await store.shred(aStream('nobody'));
    expect((await all(store.read(stream)))[0]?.data).toMatchObject({ nickname: new Shredded(stream) });
    expect(await personal.subjects.shreddedAt(stream)).toBeInstanceOf(Date);
    expect(await personal.subjects.unfinished()).toEqual([]);
  });

  it('gives a subject that comes back a new key', async () => {
    const { store } = under();
    const stream = aStream('person');
    await store.append(stream, 'any', [new Nicknamed('old')]);
    await store.shred(stream);
    await store.append(stream, 'any', [new Nicknamed('new')]);
    const [old, , fresh] = await all(store.read(stream));
    expect([old?.data, fresh?.data]).toMatchObject([{ nickname: new Shredded(stream) }, { nickname: 'new' }]);
  });
}

function testStates(under: StoreUnderTest): void {
  const named = () => {
    const model = tallies({ every: 1 });
    return { ...model, snapshot: model.snapshot && { ...model.snapshot, capture: () => ({ total: 0, name: SECRET }) } };
  };
  const write = (stream: string, model: ReturnType<typeof named>) =>
    under().store.update(stream, model, (tally) => {
      tally.uncommitted.push(new Nicknamed(SECRET));
    });

  it('is in no snapshot once its subject is shredded, nor in one that is still on its way', async () => {
    const { snapshots, snapshotsWritten, store } = under();
    const [stream, model, kind] = [aStream('person'), named(), { model: 'tally', version: 1 }];
    await write(stream, model);
    await snapshotsWritten();
    const late = await snapshots.find(stream, kind);
    expect(late?.state).toContain(SECRET);
    await store.shred(stream);
    expect(await snapshots.find(stream, kind)).toBeUndefined();
    await snapshots.save(stream, kind, late ?? { revision: 1, state: '{}' });
    expect(await snapshots.find(stream, kind)).toBeUndefined();
  });

  it('makes a state that was held before the shredding be read again', async () => {
    const { store } = under();
    const [stream, model] = [aStream('person'), tallies()];
    await write(stream, model as ReturnType<typeof named>);
    const held: Tally[] = [];
    await store.update(stream, model, (tally) => held.push(tally));
    await store.shred(stream);
    await store.update(stream, model, (tally) => held.push(tally), { pause: () => Promise.resolve() });
    expect(held.at(-1)).not.toBe(held[0]);
    expect(held.at(-1)).toMatchObject({ revision: 2 });
  });
}

function testCrash(under: StoreUnderTest): void {
  it('goes on with what a crash has interrupted', async () => {
    const { personal, resumeShredding, store } = under();
    const stream = aStream('person');
    await store.append(stream, 'any', [new Nicknamed(SECRET)]);
    const crash = vi.spyOn(personal.subjects, 'finish').mockRejectedValueOnce(new Error('crash'));
    expect((await failureOf(store.shred(stream))).message).toBe('crash');
    crash.mockRestore();
    expect(await personal.subjects.unfinished()).toEqual([stream]);
    await resumeShredding();
    expect(await personal.subjects.unfinished()).toEqual([]);
    expect(await all(store.read(stream))).toMatchObject([{ revision: 1 }, { type: '$shredded' }]);
  });

  it('does not take a key for erased because the keys cannot be asked for', async () => {
    const { personal, store } = under();
    const stream = aStream('person');
    await store.append(stream, 'any', [new Nicknamed(SECRET)]);
    const down = vi.spyOn(personal.keys, 'find').mockRejectedValue(new Error('down'));
    expect((await failureOf(all(store.read(stream)))).message).toBe('down');
    down.mockRestore();
    expect(await all(store.read(stream))).toMatchObject([{ data: { nickname: SECRET } }]);
  });
}
