import { Injectable } from '@nestjs/common';
import type { HealthIndicatorResult } from '@nestjs/terminus';
import { healthOf } from '../projecting/projection-health.js';
import type { HealthOptions } from '../projecting/projection-health.js';
import { Projections } from '../projecting/projections.js';

/**
 * Projections as a health indicator of Terminus: `health.check([() => projections.check('projections')])`. It is down when one
 * has failed, in whatever process, or is further behind than allowed.
 */
@Injectable()
export class ProjectionsHealthIndicator {
  constructor(private readonly projections: Projections) {}

  /**
   * @param key under which the result stands
   * @param options what is still well
   * @param names of the projections. @default all of this process
   * @throws UnknownProjection (`CQRS_UNKNOWN_PROJECTION`)
   */
  async check<Key extends string>(
    key: Key,
    options: HealthOptions = {},
    names: readonly string[] = this.projections.names,
  ): Promise<HealthIndicatorResult<Key>> {
    const found = await Promise.all(
      names.map(async (name) => [name, healthOf(await this.projections.status(name), options)] as const),
    );
    const status = found.every(([, { healthy }]) => healthy) ? 'up' : 'down';
    const details = Object.fromEntries(found.map(([name, { healthy: _, ...health }]) => [name, health]));
    return { [key]: { status, ...details } } as HealthIndicatorResult<Key>;
  }
}
