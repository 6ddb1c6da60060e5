import { strictEqual } from 'node:assert';
import { CqrsModule } from '@annals/cqrs';
import { DomainEvent, EventStoreModule } from '@annals/event-store';
import { Module } from '@nestjs/common';
import { AggregateRoot, CommandHandler, EventPublisher, EventsHandler } from '@nestjs/cqrs';
import type { ICommandHandler, IEventHandler } from '@nestjs/cqrs';

// #region before
class HeroKilledDragonEvent {
  constructor(
    readonly heroId: string,
    readonly dragonId: string,
  ) {}
}

class Hero extends AggregateRoot {
  constructor(readonly id: string) {
    super();
  }
  killEnemy(dragonId: string): void {
    this.apply(new HeroKilledDragonEvent(this.id, dragonId));
  }
}

class KillDragonCommand {
  constructor(
    readonly heroId: string,
    readonly dragonId: string,
  ) {}
}

@CommandHandler(KillDragonCommand)
class KillDragonHandler implements ICommandHandler<KillDragonCommand> {
  constructor(private readonly publisher: EventPublisher) {}

  async execute({ heroId, dragonId }: KillDragonCommand): Promise<void> {
    const hero = this.publisher.mergeObjectContext(new Hero(heroId));
    hero.killEnemy(dragonId);
    hero.commit();
  }
}

@EventsHandler(HeroKilledDragonEvent)
class HeroKilledDragonHandler implements IEventHandler<HeroKilledDragonEvent> {
  handle(event: HeroKilledDragonEvent): void {
    console.log(`${event.heroId} has killed ${event.dragonId}`);
  }
}
// #endregion before

// #region module
const connectionString = process.env['DATABASE_URL'] ?? 'postgres://localhost/heroes';

@Module({
  imports: [
    EventStoreModule.forRoot({ engine: 'postgres', connectionString }),
    CqrsModule.forRoot({
      legacyNames: { HeroKilledDragonEvent: 'hero-killed-dragon', HeroKilledDragonHandler: 'chronicle' },
    }),
  ],
  providers: [KillDragonHandler, HeroKilledDragonHandler],
})
class HeroesModule {}
// #endregion module

// #region declared
@DomainEvent('hero-found-item')
class HeroFoundItemEvent {
  constructor(
    readonly heroId: string,
    readonly itemId: string,
  ) {}
}
// #endregion declared
strictEqual([HeroesModule, HeroFoundItemEvent].length, 2);
