import { CqrsModule as AnnalsCqrsModule, Projections } from '@annals/cqrs';
import type { CqrsModuleOptions } from '@annals/cqrs';
import { EventStore, EventStoreModule } from '@annals/event-store';
import { newId } from '@annals/message';
import { openTestDatabase } from '@annals/postgres/testing';
import type { TestDatabase } from '@annals/postgres/testing';
import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import * as nestCqrs from '@nestjs/cqrs';
import { CommandBus, CqrsModule, EventBus, QueryBus, UnhandledExceptionBus } from '@nestjs/cqrs';
import { Test } from '@nestjs/testing';
import type { TestingModule } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { firstValueFrom } from 'rxjs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import * as heroes from './heroes.js';

const { DropItemCommand, Game, HANDLERS, HeroFoundItemEvent, HeroKilledDragonEvent, KillDragonCommand, seen } = heroes;
const { HorseTiredEvent, KilledDragonsQuery, TireHorseCommand } = heroes;

// The guide's example has declared the plain names, and may run in the same process.
const LEGACY_NAMES = {
  HeroKilledDragonEvent: 'tested-hero-killed-dragon',
  HeroFoundItemEvent: 'tested-hero-found-item',
  HorseTiredEvent: 'horse-tired',
  HeroKilledDragonHandler: 'chronicle',
  HeroFoundItemHandler: 'treasury',
  ItemLedgerHandler: 'item ledger',
};

@Module({ imports: [CqrsModule.forRoot()], providers: HANDLERS })
class HeroesModule {}

describe('An application for @nestjs/cqrs that imports Annals', () => {
  let database: TestDatabase;
  const started: TestingModule[] = [];
  let hero = '';
  beforeAll(async () => {
    database = await openTestDatabase('nest_cqrs');
  });
  beforeEach(() => {
    hero = `hero-${newId()}`;
    Object.assign(seen, { failures: 0 });
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((application) => application.close()));
  });
  afterAll(() => database.drop());

  const start = async (options: CqrsModuleOptions = {}, imports: DynamicModule[] = []) => {
    const { connectionString } = database;
    const projections = { standbyMs: 50, pollMs: 50, retryBaseMs: 5, leaseMs: 1_000 };
    const application = await Test.createTestingModule({
      imports: [
        ...imports,
        EventStoreModule.forRoot({ engine: 'postgres', connectionString }),
        AnnalsCqrsModule.forRoot({ legacyNames: LEGACY_NAMES, projections, ...options }),
        HeroesModule,
      ],
    }).compile();
    await application.init();
    started.push(application);
    const { names } = application.get(Projections);
    await vi.waitFor(async () => {
      for (const name of names) expect((await application.get(Projections).status(name)).state).toBe('running');
    }, 10_000);
    return application;
  };
  const events = async (application: TestingModule, stream: string) => {
    const found: unknown[] = [];
    for await (const event of application.get(EventStore).read(stream)) found.push(event.data);
    return found;
  };
  const appears = (list: () => readonly string[], entry: string) =>
    vi.waitFor(() => expect(list().filter((one) => one === entry)).toHaveLength(1), 10_000);

  it('has the events of a command stored when its sender gets the answer, in the stream of the aggregate', async () => {
    const application = await start();
    const { commands } = application.get(Game);
    expect(await commands.execute(new KillDragonCommand(hero, 'smaug'))).toEqual({ actionId: `${hero}-smaug-1` });
    expect(await events(application, `hero-${hero}`)).toContainEqual(new HeroKilledDragonEvent(hero, 'smaug'));
  });

  it('hands them to handlers, sagas and listeners of the bus, and the commands of sagas take effect once', async () => {
    const application = await start();
    const heard = firstValueFrom(application.get(Game).events);
    await application.get(CommandBus).execute(new KillDragonCommand(hero, 'fafnir'));
    await appears(() => seen.killed, `${hero} fafnir`);
    await appears(() => seen.found, `${hero} sword of fafnir`);
    expect(await application.get(QueryBus).execute(new KilledDragonsQuery(hero))).toEqual([`${hero} fafnir`]);
    expect(await heard).toBeInstanceOf(Object);
    expect(await events(application, `hero-${hero}`)).toEqual([
      new HeroKilledDragonEvent(hero, 'fafnir'),
      new HeroFoundItemEvent(hero, 'sword of fafnir'),
    ]);
    await vi.waitFor(() => expect(seen.scoped.size).toBeGreaterThan(0));
    expect(seen.contexts.every(Boolean)).toBe(true);
  });

  it('lets handlers and sagas send commands also beside TypeORM, however many wait for its connections', async () => {
    const { connectionString: url } = database;
    // With a pool as small as this a cursor that held one of its connections would keep its own handler from going on.
    const application = await start({}, [TypeOrmModule.forRoot({ type: 'postgres', url, poolSize: 1 })]);
    await application.get(CommandBus).execute(new KillDragonCommand(hero, 'ancalagon'));
    await appears(() => seen.killed, `${hero} ancalagon`);
    await appears(() => seen.found, `${hero} sword of ancalagon`);
    expect(await events(application, `hero-${hero}`)).toEqual([
      new HeroKilledDragonEvent(hero, 'ancalagon'),
      new HeroFoundItemEvent(hero, 'sword of ancalagon'),
    ]);
  });

  it('hands over after a restart what its process did not live to see, and nothing that was handled', async () => {
    const first = await start();
    await first.get(CommandBus).execute(new KillDragonCommand(hero, 'one'));
    await appears(() => seen.found, `${hero} sword of one`);
    await first.get(Projections).stop();
    await first.get(CommandBus).execute(new KillDragonCommand(hero, 'two'));
    expect(seen.killed).not.toContain(`${hero} two`);
    const handled = seen.killed.length;
    await first.close();
    started.length = 0;
    await start();
    await appears(() => seen.killed, `${hero} two`);
    await appears(() => seen.found, `${hero} sword of two`);
    expect(seen.killed).toHaveLength(handled + 1);
  });

  it('hands an event over again to a handler that failed, tells of the failure, and lets others go on', async () => {
    const application = await start();
    const told: unknown[] = [];
    application.get(UnhandledExceptionBus).subscribe((info) => told.push((info.exception as Error).message));
    await application.get(CommandBus).execute(new KillDragonCommand(hero, 'cursed'));
    await appears(() => seen.killed, `${hero} cursed`);
    await appears(() => seen.found, `${hero} cursed`);
    expect(told).toEqual(['it is cursed', 'it is cursed']);
    expect(seen.failures).toBe(3);
  });

  it('publishes nothing of a command that failed', async () => {
    const application = await start();
    const failed = application.get(CommandBus).execute(new KillDragonCommand(hero, 'smaug', true));
    await expect(failed).rejects.toThrow('the dragon was faster');
    expect(await events(application, `hero-${hero}`)).toEqual([]);
  });

  it('stores what is published outside of commands, and what a @Publishable class commits', async () => {
    const application = await start();
    await application.get(EventBus).publish(new HeroFoundItemEvent(hero, 'a coin'));
    await appears(() => seen.found, `${hero} a coin`);
    await application.get(CommandBus).execute(new TireHorseCommand(hero));
    await appears(() => seen.killed, `${hero} is tired`);
    await application.get(CommandBus).execute(new DropItemCommand(hero, 'a ring'));
    await appears(() => seen.found, `${hero} a ring`);
    expect(await events(application, 'published-horse-tired')).toContainEqual(new HorseTiredEvent(hero));
  });

  it('lists all that has no stored name at the start, and may keep its events in memory', async () => {
    const unnamed = start({ legacyNames: { HeroKilledDragonHandler: 'chronicle' } });
    await expect(unnamed).rejects.toMatchObject({
      code: 'CQRS_UNNAMED_CLASSES',
      classes: ['HeroFoundItemHandler', 'ItemLedgerHandler'],
    });
    const application = await start({ legacyNames: {}, durableEvents: false });
    await application.get(CommandBus).execute(new KillDragonCommand(hero, 'smaug'));
    await appears(() => seen.killed, `${hero} smaug`);
    expect(await events(application, `hero-${hero}`)).toEqual([]);
  });

  it('uses every export of @nestjs/cqrs, whose exceptions stay what they were', async () => {
    const application = await start();
    class Unknown extends nestCqrs.Command<void> {}
    class Unasked extends nestCqrs.Query<void> {}
    const { CommandHandlerNotFoundException, QueryHandlerNotFoundException } = nestCqrs;
    await expect(application.get(CommandBus).execute(new Unknown())).rejects.toBeInstanceOf(
      CommandHandlerNotFoundException,
    );
    await expect(application.get(QueryBus).execute(new Unasked())).rejects.toBeInstanceOf(
      QueryHandlerNotFoundException,
    );
    expect(application.get(CommandBus)).toBeInstanceOf(nestCqrs.ObservableBus);
    const invalid = [
      nestCqrs.InvalidCommandHandlerException,
      nestCqrs.InvalidEventsHandlerException,
      nestCqrs.InvalidQueryHandlerException,
      nestCqrs.InvalidSagaException,
      nestCqrs.UnsupportedSagaScopeException,
    ].map((exception) => new exception());
    const bus: object = application.get(EventBus);
    const register = Reflect.get(bus, 'registerSaga') as (this: object, saga: unknown) => void;
    expect(() => {
      register.call(bus, () => undefined);
    }).toThrow(nestCqrs.InvalidSagaException);
    const used = new Set([
      ...['AggregateRoot', 'AsyncContext', 'Command', 'CommandBus', 'CommandHandler', 'CqrsModule', 'EventBus'],
      ...[
        'EventPublisher',
        'EventsHandler',
        'ObservableBus',
        'Publishable',
        'Query',
        'QueryBus',
        'QueryHandler',
        'Saga',
      ],
      ...['UnhandledExceptionBus', 'WithAggregateRoot', 'ofType', 'CommandHandlerNotFoundException'],
      ...[
        'ASYNC_CONTEXT_ATTRIBUTE',
        'QueryHandlerNotFoundException',
        ...invalid.map((exception) => exception.constructor.name),
      ],
    ]);
    expect(Object.keys(nestCqrs).filter((name) => !used.has(name))).toEqual([]);
  });
});
