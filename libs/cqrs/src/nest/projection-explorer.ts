import { markedSingletons } from '@annals/message';
import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { InvalidProjection } from '../projecting/invalid-projection.js';
import { declarationOf } from '../projecting/projection.js';
import { Projections } from '../projecting/projections.js';
import { CQRS_OPTIONS } from './cqrs.module-definition.js';
import type { CqrsModuleOptions } from './cqrs.options.js';

/** Finds the application's `@Projection` providers, and starts and stops them with it. */
@Injectable()
export class ProjectionExplorer implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(
    @Inject(CQRS_OPTIONS) private readonly options: CqrsModuleOptions,
    private readonly modules: ModulesContainer,
    private readonly projections: Projections,
  ) {}

  /** @throws InvalidProjection (`CQRS_INVALID_PROJECTION`) for a projection that cannot work */
  onApplicationBootstrap(): void {
    const marksOf = (type: object) => {
      const declaration = declarationOf(type);
      return declaration === undefined ? [] : [declaration];
    };
    const found = markedSingletons(this.modules, ['providers'], marksOf, (name) => {
      return new InvalidProjection(`Projection ${name} is made per request: a projection must be a singleton`);
    });
    for (const { instance } of found) this.projections.add(instance);
    if (this.options.projections?.autoStart ?? true) this.projections.start();
  }

  /** Before TypeORM closes its connections and the event store its own, which they do later. */
  async onModuleDestroy(): Promise<void> {
    await this.projections.stop();
  }
}
