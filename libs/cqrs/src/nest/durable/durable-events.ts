import { EventStore } from '@annals/event-store';
import type { RecordedEvent } from '@annals/event-store';
import { classOf } from '@annals/message';
import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap, OnModuleInit } from '@nestjs/common';
import { ModuleRef, ModulesContainer } from '@nestjs/core';
import type { InstanceWrapper } from '@nestjs/core/injector/instance-wrapper.js';
import { AsyncContext, EventBus, UnhandledExceptionBus } from '@nestjs/cqrs';
import type { IEvent, IEventHandler } from '@nestjs/cqrs';
import type { Subject } from 'rxjs';
import { deliver } from '../../commanding/delivering.js';
import { On } from '../../projecting/on.js';
import { Projection } from '../../projecting/projection.js';
import type { ProjectionStorage } from '../../projecting/projection-storage.js';
import { Projections } from '../../projecting/projections.js';
import { CQRS_OPTIONS } from '../cqrs.module-definition.js';
import type { CqrsModuleOptions } from '../cqrs.options.js';
import { ProjectionDataSource } from '../projection-data-source.js';
import { DurablePublisher } from './durable-publisher.js';
import { StoredNames } from './stored-names.js';
import type { AnyClass } from './stored-names.js';

/** What of an event bus is replaced; `@nestjs/cqrs` keeps it to itself. */
interface OpenEventBus {
  publisher: DurablePublisher;
  readonly subject$: Subject<IEvent>;
  registerHandler(): void;
  registerSagas(): void;
}

/** The mark of `@EventsHandler`. */
const EVENTS_HANDLER = '__eventsHandler__';

/** What follows the log on behalf of the application. */
const LISTENERS = 'nest event bus';

/**
 * Makes the events of an application for `@nestjs/cqrs` durable: they are appended, and each `@EventsHandler` follows the log
 * by a cursor of its own, which begins when it is there for the first time: at least once, each stream in order, parked by
 * stream where it fails. Sagas and other listeners of the bus follow it by one cursor; the commands of a saga take effect once.
 */
@Injectable()
export class DurableEvents implements OnModuleInit, OnApplicationBootstrap {
  private readonly names: StoredNames;
  private readonly buses = new Set<OpenEventBus>();
  private readonly isDurable: boolean;
  private storage: ProjectionStorage | undefined;
  private readonly streamOf: CqrsModuleOptions['streamOf'];

  constructor(
    @Inject(CQRS_OPTIONS) options: CqrsModuleOptions,
    private readonly store: EventStore,
    private readonly projections: Projections,
    private readonly modules: ModulesContainer,
    private readonly moduleRef: ModuleRef,
    private readonly connections: ProjectionDataSource,
  ) {
    this.names = new StoredNames(options.legacyNames ?? {});
    this.streamOf = options.streamOf;
    this.isDurable = (options.durableEvents ?? true) && projections.canRun;
  }

  /** Before `@nestjs/cqrs` registers handlers. */
  async onModuleInit(): Promise<void> {
    if (!this.isDurable) return;
    for (const module of this.modules.values()) {
      const bus = module.providers.get(EventBus)?.instance as OpenEventBus | undefined;
      if (bus === undefined || this.buses.has(bus)) continue;
      // Each module that imports `@nestjs/cqrs` has buses of its own, and each bus would run every saga.
      if (this.buses.size > 0) bus.registerSagas = () => undefined;
      this.buses.add(bus);
      bus.publisher = new DurablePublisher(this.store, this.names, this.streamOf);
      // They follow the log instead.
      bus.registerHandler = () => undefined;
    }
    if (this.findHandlers().size > 0) this.storage = await this.connections.storage();
  }

  /**
   * Before projections start.
   * @throws UnnamedClasses (`CQRS_UNNAMED_CLASSES`) listing all classes without a stored name
   */
  onApplicationBootstrap(): void {
    if (!this.isDurable) return;
    const types = new Set<AnyClass>();
    const follow: (() => void)[] = [];
    for (const [wrapper, { className, events }] of this.findHandlers()) {
      const name = this.names.of(className);
      for (const event of events) {
        this.names.ofEvent(event);
        types.add(event);
      }
      if (name !== undefined) follow.push(() => this.follow(name, events, (event) => this.handle(wrapper, event)));
    }
    this.names.check();
    for (const begin of follow) begin();
    if (types.size === 0) return;
    this.follow(LISTENERS, [...types], ({ id, data }) =>
      deliver(id, () => {
        for (const bus of this.buses) bus.subject$.next(data as IEvent);
      }),
    );
  }

  private findHandlers() {
    const found = new Map<InstanceWrapper<IEventHandler>, { className: string; events: readonly AnyClass[] }>();
    for (const module of this.modules.values()) {
      for (const wrapper of module.providers.values() as IterableIterator<InstanceWrapper<IEventHandler>>) {
        const type = classOf(wrapper);
        if (type === undefined) continue;
        const events = Reflect.getMetadata(EVENTS_HANDLER, type) as readonly AnyClass[] | undefined;
        if (events !== undefined) found.set(wrapper, { className: type.name, events });
      }
    }
    return found;
  }

  private follow(name: string, events: readonly AnyClass[], handle: (event: RecordedEvent) => Promise<void>): void {
    class Following {
      handle(event: RecordedEvent): Promise<void> {
        return handle(event);
      }
    }
    const descriptor = Object.getOwnPropertyDescriptor(Following.prototype, 'handle') as TypedPropertyDescriptor<never>;
    for (const event of events) On(event)(Following.prototype, 'handle', descriptor);
    Projection({ name, startAt: 'head', onFailure: 'park' })(Following);
    this.projections.add(new Following(), this.storage);
  }

  private async handle(wrapper: InstanceWrapper<IEventHandler>, { data }: RecordedEvent): Promise<void> {
    const event = data as IEvent;
    try {
      await (await this.instanceOf(wrapper, event)).handle(event);
    } catch (error) {
      this.moduleRef.get(UnhandledExceptionBus, { strict: false }).publish({ cause: event, exception: error });
      throw error;
    }
  }

  private async instanceOf(wrapper: InstanceWrapper<IEventHandler>, event: object): Promise<IEventHandler> {
    if (wrapper.isDependencyTreeStatic()) return wrapper.instance;
    const context = new AsyncContext();
    context.attachTo(event);
    return this.moduleRef.resolve(wrapper.metatype as never, context.id, { strict: false });
  }
}
