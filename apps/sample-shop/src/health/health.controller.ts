import { projectionMetrics, Projections, ProjectionsHealthIndicator } from '@annals/cqrs';
import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiOperation, ApiTags } from '@nestjs/swagger';
import { HealthCheck, HealthCheckService } from '@nestjs/terminus';
import type { HealthCheckResult } from '@nestjs/terminus';
import { Registry } from 'prom-client';

/** Whether the shop is well, for whoever restarts it, and its figures, for whoever draws them. */
@ApiTags('health')
@Controller()
export class HealthController {
  private readonly registry = new Registry();

  constructor(
    private readonly health: HealthCheckService,
    private readonly indicator: ProjectionsHealthIndicator,
    projections: Projections,
  ) {
    projectionMetrics(projections, this.registry);
  }

  @Get('health')
  @HealthCheck()
  @ApiOperation({ summary: 'Up, or 503 with what is wrong' })
  check(): Promise<HealthCheckResult> {
    return this.health.check([() => this.indicator.check('projections')]);
  }

  @Get('metrics')
  @ApiExcludeEndpoint()
  @Header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
  metrics(): Promise<string> {
    return this.registry.metrics();
  }
}
