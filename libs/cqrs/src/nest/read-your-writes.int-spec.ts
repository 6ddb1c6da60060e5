import { DomainEvent, EventStoreModule } from '@annals/event-store';
import type { StreamEvent } from '@annals/event-store';
import { openTestDatabase } from '@annals/postgres/testing';
import type { TestDatabase } from '@annals/postgres/testing';
import { Body, Controller, Get, Injectable, Module, Param, Post, Sse } from '@nestjs/common';
import type { INestApplication, MessageEvent } from '@nestjs/common';
import { HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { Registry } from 'prom-client';
import { firstValueFrom, map, take, toArray } from 'rxjs';
import type { Observable } from 'rxjs';
import request from 'supertest';
import { Column, DataSource, Entity, PrimaryColumn } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  Aggregate,
  AggregateRoot,
  CHECKPOINT_HEADER,
  CheckpointInterceptor,
  Command,
  CommandBus,
  CommandHandler,
  commandMetrics,
  CqrsModule,
  Fold,
  InjectAggregates,
  Projection,
  projectionMetrics,
  Projections,
  ProjectionsHealthIndicator,
  ReadsFrom,
  Repository,
  standardOrder,
  TracingInterceptor,
} from '../index.js';
import type { ICommandHandler } from '../index.js';

@DomainEvent('read-your-writes.renamed')
class Renamed {
  constructor(readonly name: string) {}
}

@Aggregate('guest')
class Guest extends AggregateRoot {
  rename(name: string): void {
    if (name === 'nobody') throw new TypeError('nobody is no name');
    this.apply(new Renamed(name));
  }
}

class Rename extends Command<void> {
  constructor(
    readonly id: string,
    readonly name: string,
  ) {
    super();
  }
}

@CommandHandler(Rename)
class RenameHandler implements ICommandHandler<Rename> {
  constructor(@InjectAggregates(Guest) private readonly guests: Repository<Guest>) {}
  async execute({ id, name }: Rename): Promise<void> {
    await this.guests.change(id, (guest) => guest.rename(name));
  }
}

@Entity({ name: 'guest' })
class GuestRow {
  @PrimaryColumn('text')
  id!: string;
  @Column('text')
  name!: string;
}

@Injectable()
@Projection({ name: 'guests', rows: GuestRow })
class Guests {
  @Fold(Renamed)
  renamed(_: GuestRow | undefined, { data }: StreamEvent<Renamed>, id: string): GuestRow {
    if (data.name === 'poison') throw new Error('poison');
    return Object.assign(new GuestRow(), { id, name: data.name });
  }
}

@Controller('guests')
class GuestsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly projections: Projections,
    private readonly rows: DataSource,
  ) {}
  @Post(':id')
  async rename(@Param('id') id: string, @Body() { name }: { name: string }): Promise<object> {
    await this.commands.execute(new Rename(id, name));
    return { id };
  }
  @Get(':id')
  @ReadsFrom('guests')
  async one(@Param('id') id: string): Promise<object> {
    return (await this.rows.getRepository(GuestRow).findOneBy({ id })) ?? {};
  }
  @Sse('all/live')
  @ReadsFrom('guests')
  live(): Observable<MessageEvent> {
    const count = () => this.rows.getRepository(GuestRow).count();
    return this.projections.query$('guests', count, { quietMs: 1 }).pipe(map((data) => ({ data: { guests: data } })));
  }
}

const registry = new Registry();

describe('An application with read models', () => {
  let database: TestDatabase;
  let application: INestApplication;
  const exporter = new InMemorySpanExporter();
  beforeAll(async () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
    database = await openTestDatabase('read_your_writes');
    const { connectionString } = database;
    const metrics = commandMetrics(registry);
    @Module({
      imports: [
        TypeOrmModule.forRoot({ type: 'postgres', url: connectionString, entities: [GuestRow], synchronize: true }),
        EventStoreModule.forRoot({ engine: 'postgres', connectionString }),
        CqrsModule.forRoot({
          checkpointTimeoutMs: 2_000,
          pipeline: (stages) => [metrics, ...standardOrder(stages)],
          projections: { attempts: 2, retryBaseMs: 5 },
        }),
        CqrsModule.forFeature([Guest]),
        TerminusModule,
      ],
      controllers: [GuestsController],
      providers: [RenameHandler, Guests],
    })
    class HotelModule {}
    const module = await Test.createTestingModule({ imports: [HotelModule] }).compile();
    application = module.createNestApplication();
    application.useGlobalInterceptors(new TracingInterceptor(), application.get(CheckpointInterceptor));
    await application.init();
    projectionMetrics(application.get(Projections), registry);
  }, 60_000);
  afterAll(async () => {
    await application.close();
    await database.drop();
    context.disable();
    trace.disable();
  });
  const http = () => request(application.getHttpServer() as Parameters<typeof request>[0]);
  const rename = (id: string, name: string) => http().post(`/guests/${id}`).send({ name });

  it('lets a caller read its own write by the header of the answer', async () => {
    for (let n = 0; n < 20; n += 1) {
      const written = await rename('1', `name ${n}`).expect(201);
      const token = written.headers[CHECKPOINT_HEADER.toLowerCase()] as string;
      expect(token).toEqual(expect.any(String));
      const read = await http().get('/guests/1').set(CHECKPOINT_HEADER, token).expect(200);
      expect(read.body).toEqual({ id: '1', name: `name ${n}` });
      expect(read.headers[CHECKPOINT_HEADER.toLowerCase()]).toBeUndefined();
    }
    await http().get('/guests/1').expect(200);
    await http().get('/guests/1').set(CHECKPOINT_HEADER, 'nonsense').expect(500);
  });

  it('tells live queries of each change', async () => {
    const projections = application.get(Projections);
    const rows = application.get(DataSource).getRepository(GuestRow);
    await rename('early', 'bird');
    const seen = firstValueFrom(
      projections.query$('guests', () => rows.find({ where: { id: 'live' } }), { quietMs: 1 }).pipe(take(2), toArray()),
    );
    await vi.waitFor(() => rename('live', 'one').expect(201));
    const answers = await seen;
    expect(answers.at(-1)?.length).toBeLessThanOrEqual(1);
    expect(answers).toHaveLength(2);
  });

  it('traces a request from its command over the append to the projection, which is linked to it', async () => {
    exporter.reset();
    const written = await rename('traced', 'Ada').expect(201);
    await application.get(Projections).reached('guests', written.headers[CHECKPOINT_HEADER.toLowerCase()] as string);
    await vi.waitFor(() => expect(exporter.getFinishedSpans().map(({ name }) => name)).toContain('project guests v1'));
    const spans = exporter.getFinishedSpans();
    const named = (name: string) => spans.find((span) => span.name === name);
    const command = named('command Rename');
    const http = named('POST /guests/:id');
    expect(command?.parentSpanContext?.spanId).toBe(http?.spanContext().spanId);
    expect(named('update')?.parentSpanContext?.spanId).toBe(command?.spanContext().spanId);
    expect(named('project guests v1')?.links.map(({ context: { spanId } }) => spanId)).toEqual([
      command?.spanContext().spanId,
    ]);
    expect(named('project guests v1')?.spanContext().traceId).not.toBe(command?.spanContext().traceId);
  });

  it('measures commands and projections for Prometheus', async () => {
    await rename('1', 'nobody').expect(500);
    const text = await registry.metrics();
    expect(text).toMatch(/annals_messages_total\{kind="command",name="Rename",outcome="ok"\} \d+/);
    expect(text).toMatch(/annals_messages_total\{kind="command",name="Rename",outcome="error"\} 1/);
    expect(text).toMatch(/annals_message_seconds_count\{kind="command",name="Rename"\} \d+/);
    expect(text).toMatch(/annals_projection_lag\{projection="guests",partition="0"\} \d/);
    expect(text).toContain('annals_projection_failed{projection="guests"} 0');
  });

  it('is healthy by Terminus until a projection fails, and says why', async () => {
    const health = application.get(HealthCheckService);
    const projections = application.get(ProjectionsHealthIndicator);
    const check = () => health.check([() => projections.check('projections', { maxParked: 0 })]);
    expect((await check()).details.projections).toMatchObject({ status: 'up', guests: { state: 'running' } });
    await rename('1', 'poison').expect(201);
    await vi.waitFor(async () => {
      const failure: unknown = await check().catch((error: unknown) => error);
      expect(failure).toMatchObject({ status: 503 });
      expect(JSON.stringify((failure as { response: unknown }).response)).toContain('poison');
    }, 5_000);
    expect(await registry.metrics()).toContain('annals_projection_failed{projection="guests"} 1');
    const late = await rename('2', 'late').expect(201);
    const token = late.headers[CHECKPOINT_HEADER.toLowerCase()] as string;
    await http().get('/guests/2').set(CHECKPOINT_HEADER, token).expect(500);
  });
});
