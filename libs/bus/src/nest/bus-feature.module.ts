import { Inject, Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { Bus } from '../bus.js';
import type { TopicConfig } from '../topics/topic.js';
import { declareTopology } from './bus-topology.js';
import type { BusTopology } from './bus-topology.js';

/** What a part of the application needs of the bus. */
export interface BusFeatureOptions {
  /** Topics that are made at the start where they are not there. */
  readonly topics?: Readonly<Record<string, Partial<TopicConfig>>>;
  /** Exchanges, queues and bindings that are to be there at the start. */
  readonly topology?: BusTopology;
}

const FEATURE = Symbol('annals:bus-feature');

/** Has what one part of the application needs of the bus made before anything is consumed. */
@Module({})
export class BusFeatureModule {
  /** @param options what is to be there */
  static of(options: BusFeatureOptions): DynamicModule {
    return { module: BusFeatureModule, providers: [{ provide: FEATURE, useValue: options }] };
  }

  constructor(
    @Inject(FEATURE) private readonly options: BusFeatureOptions,
    private readonly bus: Bus,
  ) {}

  /** Called by the bus's own module before consumers start. */
  async declare(): Promise<void> {
    for (const [name, config] of Object.entries(this.options.topics ?? {})) await this.bus.ensureTopic(name, config);
    await declareTopology(this.bus.queues, this.options.topology ?? {});
  }
}
