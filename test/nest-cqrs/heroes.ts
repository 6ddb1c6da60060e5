// An application that was written for @nestjs/cqrs 12 alone, and knows nothing of Annals: what a fight in its README's manner does.
import { Injectable, Scope } from '@nestjs/common';
import {
  AggregateRoot,
  AsyncContext,
  Command,
  CommandBus,
  CommandHandler,
  EventBus,
  EventPublisher,
  EventsHandler,
  ofType,
  Publishable,
  Query,
  QueryHandler,
  Saga,
  WithAggregateRoot,
} from '@nestjs/cqrs';
import type { ICommand, ICommandHandler, IEventHandler, IQueryHandler } from '@nestjs/cqrs';
import type { Observable } from 'rxjs';
import { map } from 'rxjs';

/** What happened in this process, for the tests to see. */
export const seen = {
  killed: [] as string[],
  found: [] as string[],
  scoped: new Set<object>(),
  contexts: [] as boolean[],
  failures: 0,
};

export class HeroKilledDragonEvent {
  constructor(
    readonly heroId: string,
    readonly dragonId: string,
  ) {}
}
export class HeroFoundItemEvent {
  constructor(
    readonly heroId: string,
    readonly itemId: string,
  ) {}
}
export class HorseTiredEvent {
  constructor(readonly horseId: string) {}
}

class Hero extends AggregateRoot {
  kills = 0;
  constructor(readonly id: string) {
    super();
  }
  killEnemy(dragonId: string): void {
    this.apply(new HeroKilledDragonEvent(this.id, dragonId));
  }
  addItem(itemId: string): void {
    this.apply(new HeroFoundItemEvent(this.id, itemId));
  }
  protected onHeroKilledDragonEvent(): void {
    this.kills += 1;
  }
}

class Animal {
  constructor(readonly id: string) {}
}
@Publishable()
class Horse extends WithAggregateRoot(Animal) {}

export class KillDragonCommand extends Command<{ actionId: string }> {
  constructor(
    readonly heroId: string,
    readonly dragonId: string,
    readonly fail = false,
  ) {
    super();
  }
}
export class DropItemCommand extends Command<void> {
  constructor(
    readonly heroId: string,
    readonly itemId: string,
  ) {
    super();
  }
}
export class TireHorseCommand extends Command<void> {
  constructor(readonly horseId: string) {
    super();
  }
}
export class KilledDragonsQuery extends Query<readonly string[]> {
  constructor(readonly heroId: string) {
    super();
  }
}

@CommandHandler(KillDragonCommand)
class KillDragonHandler implements ICommandHandler<KillDragonCommand> {
  constructor(private readonly publisher: EventPublisher) {}

  async execute({ heroId, dragonId, fail }: KillDragonCommand): Promise<{ actionId: string }> {
    const hero = this.publisher.mergeObjectContext(new Hero(heroId));
    hero.killEnemy(dragonId);
    hero.commit();
    if (fail) throw new Error('the dragon was faster');
    return { actionId: `${heroId}-${dragonId}-${hero.kills}` };
  }
}

@CommandHandler(DropItemCommand)
class DropItemHandler implements ICommandHandler<DropItemCommand> {
  constructor(private readonly publisher: EventPublisher) {}

  async execute({ heroId, itemId }: DropItemCommand): Promise<void> {
    const HeroModel = this.publisher.mergeClassContext(Hero);
    const hero = new HeroModel(heroId);
    hero.autoCommit = true;
    hero.addItem(itemId);
  }
}

@CommandHandler(TireHorseCommand)
class TireHorseHandler implements ICommandHandler<TireHorseCommand> {
  async execute({ horseId }: TireHorseCommand): Promise<void> {
    const horse = new Horse(horseId);
    horse.apply(new HorseTiredEvent(horseId));
    horse.commit();
  }
}

@QueryHandler(KilledDragonsQuery)
class KilledDragonsHandler implements IQueryHandler<KilledDragonsQuery> {
  async execute({ heroId }: KilledDragonsQuery): Promise<readonly string[]> {
    return seen.killed.filter((kill) => kill.startsWith(heroId));
  }
}

@EventsHandler(HeroKilledDragonEvent, HorseTiredEvent)
class HeroKilledDragonHandler implements IEventHandler<HeroKilledDragonEvent | HorseTiredEvent> {
  handle(event: HeroKilledDragonEvent | HorseTiredEvent): void {
    if (event instanceof HorseTiredEvent) seen.killed.push(`${event.horseId} is tired`);
    else seen.killed.push(`${event.heroId} ${event.dragonId}`);
  }
}

@EventsHandler(HeroFoundItemEvent)
class HeroFoundItemHandler implements IEventHandler<HeroFoundItemEvent> {
  async handle({ heroId, itemId }: HeroFoundItemEvent): Promise<void> {
    if (itemId === 'cursed' && (seen.failures += 1) < 3) throw new Error('it is cursed');
    seen.found.push(`${heroId} ${itemId}`);
    await Promise.resolve();
  }
}

@EventsHandler(HeroFoundItemEvent)
@Injectable({ scope: Scope.REQUEST })
class ItemLedgerHandler implements IEventHandler<HeroFoundItemEvent> {
  handle(event: HeroFoundItemEvent): void {
    seen.scoped.add(this);
    seen.contexts.push(AsyncContext.isAttached(event));
  }
}

@Injectable()
class HeroSagas {
  @Saga()
  dragonKilled = (events$: Observable<object>): Observable<ICommand> =>
    events$.pipe(
      ofType(HeroKilledDragonEvent),
      map(
        ({ heroId, dragonId }) =>
          new DropItemCommand(heroId, dragonId === 'cursed' ? 'cursed' : `sword of ${dragonId}`),
      ),
    );
}

@Injectable()
export class Game {
  constructor(
    readonly commands: CommandBus,
    readonly events: EventBus,
  ) {}
}

export const HANDLERS = [
  ...[KillDragonHandler, DropItemHandler, TireHorseHandler, KilledDragonsHandler],
  ...[HeroKilledDragonHandler, HeroFoundItemHandler, ItemLedgerHandler, HeroSagas, Game],
];
