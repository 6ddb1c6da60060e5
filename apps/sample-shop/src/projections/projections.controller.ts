import { readFileSync } from 'node:fs';
import { Projections } from '@annals/cqrs';
import type { ProjectionDiagnosis } from '@annals/cqrs';
import { Controller, Get, Header, HttpCode, NotFoundException, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

const PAGE = readFileSync(new URL('./projections-page.html', import.meta.url), 'utf8');
const POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'";

/** A projection in few words. */
interface ProjectionSummary {
  readonly name: string;
  readonly version: number;
  readonly state: string;
  readonly lag: number;
  readonly eventsPerSecond: number;
  readonly parked: number;
  readonly failure: string | undefined;
  readonly rebuild:
    | {
        readonly state: string;
        readonly done: number;
        readonly total: number;
        readonly secondsLeft: number | undefined;
        readonly detail: string | undefined;
      }
    | undefined;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** How the read models are doing, and a rebuild of one of them while the shop goes on. */
@ApiTags('projections')
@Controller('projections')
export class ProjectionsController {
  constructor(private readonly projections: Projections) {}

  @Get('page')
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Content-Security-Policy', POLICY)
  page(): string {
    return PAGE;
  }

  @Get()
  @ApiOperation({ summary: 'The projections: what they are at, how far behind, and how far a rebuild is' })
  async list(): Promise<readonly ProjectionSummary[]> {
    return Promise.all(this.projections.names.map((name) => this.summary(name)));
  }

  @Get(':name/diagnosis')
  @ApiOperation({ summary: 'Why a projection does not get on' })
  diagnosis(@Param('name') name: string): Promise<ProjectionDiagnosis> {
    return this.projections.diagnose(this.known(name));
  }

  @Post(':name/rebuild')
  @HttpCode(202)
  @ApiOperation({ summary: 'Fills its table anew beside the one there is, which it then takes the place of' })
  async rebuild(@Param('name') name: string): Promise<ProjectionSummary> {
    const known = this.known(name);
    await this.projections.beginRebuild(known);
    return this.summary(known);
  }

  private async summary(name: string): Promise<ProjectionSummary> {
    const [status, rebuild] = [await this.projections.status(name), await this.projections.rebuilding(name)];
    const { version, state, lag, eventsPerSecond, parked, failure } = status;
    return {
      ...{ name, version, state, eventsPerSecond, failure: failure?.message },
      lag: sum(lag),
      parked: sum(parked),
      rebuild: rebuild && {
        state: rebuild.state,
        done: rebuild.done,
        total: rebuild.total,
        secondsLeft: rebuild.secondsLeft,
        detail: rebuild.detail,
      },
    };
  }

  private known(name: string): string {
    if (!this.projections.names.includes(name)) throw new NotFoundException(`There is no projection ${name}`);
    return name;
  }
}
