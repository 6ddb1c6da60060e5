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
    for (const instance of this.find()) this.projections.add(instance);
    if (this.options.projections?.autoStart ?? true) this.projections.start();
  }

  /** Before TypeORM closes its connections and the event store its own, which they do later. */
  async onModuleDestroy(): Promise<void> {
    await this.projections.stop();
  }

  private find(): ReadonlySet<object> {
    const found = new Set<object>();
    for (const module of this.modules.values()) {
      for (const wrapper of module.providers.values()) {
        const type: unknown = wrapper.inject ? (wrapper.instance as object | undefined)?.constructor : wrapper.metatype;
        if (typeof type !== 'function' || declarationOf(type) === undefined) continue;
        if (!wrapper.isDependencyTreeStatic()) {
          throw new InvalidProjection(`Projection ${type.name} is made per request: a projection must be a singleton`);
        }
        found.add(wrapper.instance as object);
      }
    }
    return found;
  }
}
