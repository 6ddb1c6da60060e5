import { EventStore, EventStoreModule } from '@annals/event-store';
import { UnitOfWork } from '@annals/log';
import { newId } from '@annals/message';
import { Database } from '@annals/postgres';
import { openTestDatabase } from '@annals/postgres/testing';
import type { TestDatabase } from '@annals/postgres/testing';
import { Injectable, Module } from '@nestjs/common';
import { CommandBus, CommandHandler } from '@nestjs/cqrs';
import { Test } from '@nestjs/testing';
import type { TestingModule } from '@nestjs/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { CommandScheduler } from '../../commanding/scheduling/command-scheduler.js';
import { ScheduledCommand } from '../../commanding/scheduling/scheduled-command.js';
import { CqrsModule } from '../../nest/cqrs.module.js';

@ScheduledCommand('command-scheduler.remind')
class Remind {
  constructor(
    readonly order: string,
    readonly fail = 0,
  ) {}
}

const failures = new Map<string, number>();

@CommandHandler(Remind)
@Injectable()
class RemindHandler {
  constructor(private readonly store: EventStore) {}
  async execute({ order, fail }: Remind): Promise<void> {
    const failed = failures.get(order) ?? 0;
    failures.set(order, failed + 1);
    await this.store.append(`reminder-${order}`, 'any', [{ type: 'reminded', data: {} }]);
    if (failed < fail) throw new Error('the mail server is away');
  }
}

@Module({ providers: [RemindHandler] })
class ReminderModule {}

describe('Scheduled commands', () => {
  let database: TestDatabase;
  let clock: Database;
  const started: TestingModule[] = [];
  beforeAll(async () => {
    database = await openTestDatabase('command_scheduler');
    clock = new Database({ connectionString: database.connectionString });
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((application) => application.close()));
    await turn(0);
  });
  afterAll(async () => {
    await clock.stop();
    await database.drop();
  });

  /** Turns the database's clock to so many milliseconds ahead. */
  const turn = (ms: number) =>
    clock.query({
      name: '',
      text: `CREATE OR REPLACE FUNCTION annals.now() RETURNS timestamptz LANGUAGE sql AS
        $$ SELECT clock_timestamp() + interval '${ms} milliseconds' $$`,
    });
  const open = async (autoStart: boolean) => {
    const { connectionString } = database;
    const scheduler = { autoStart, pollMs: 20, retryBaseMs: 1, retryMaxMs: 5, attempts: 3, leaseMs: 2_000 };
    const application = await Test.createTestingModule({
      imports: [
        EventStoreModule.forRoot({ engine: 'postgres', connectionString, dataSource: 'own' }),
        CqrsModule.forRoot({ scheduler }),
        ReminderModule,
      ],
    }).compile();
    await application.init();
    started.push(application);
    return application;
  };
  const reminders = async (application: TestingModule, order: string) => {
    const found: unknown[] = [];
    for await (const event of application.get(EventStore).read(`reminder-${order}`)) found.push(event.metadata);
    return found;
  };
  const reminded = (application: TestingModule, order: string) =>
    vi.waitFor(async () => expect(await reminders(application, order)).toHaveLength(1), 5_000);

  it('are executed when they fall due by the database\u2019s clock, and not before', async () => {
    const application = await open(true);
    const scheduler = application.get(CommandScheduler);
    const [soon, later] = [newId(), newId()];
    await scheduler.schedule(new Remind(soon), 1);
    const id = await scheduler.schedule(new Remind(later), 3_600_000);
    await reminded(application, soon);
    expect(await reminders(application, later)).toEqual([]);
    expect((await scheduler.waiting()).map((entry) => entry.id)).toEqual([id]);
    await turn(3_600_001);
    await reminded(application, later);
    await vi.waitFor(async () => expect(await scheduler.waiting()).toEqual([]));
  });

  it('survive the process, and one of several processes executes each, once', async () => {
    const writer = await open(false);
    const orders = Array.from({ length: 30 }, () => newId());
    for (const order of orders) await writer.get(CommandScheduler).schedule(new Remind(order), 0);
    await writer.close();
    const processes = await Promise.all([open(true), open(true), open(true)]);
    const [one] = processes as [TestingModule, ...TestingModule[]];
    for (const order of orders) await reminded(one, order);
    await vi.waitFor(async () => expect(await one.get(CommandScheduler).waiting()).toEqual([]), 5_000);
    for (const order of orders) expect(await reminders(one, order)).toHaveLength(1);
  });

  it('belong to the unit of work they are scheduled in', async () => {
    const application = await open(true);
    const [scheduler, unitOfWork] = [application.get(CommandScheduler), application.get(UnitOfWork)];
    const [lost, kept] = [newId(), newId()];
    const failed = unitOfWork.run(async () => {
      await scheduler.schedule(new Remind(lost), 0);
      throw new Error('rolled back');
    });
    await expect(failed).rejects.toThrow('rolled back');
    await unitOfWork.run(async () => {
      await scheduler.schedule(new Remind(kept), 0);
    });
    await reminded(application, kept);
    expect(await reminders(application, lost)).toEqual([]);
  });

  it('can be taken back, and are the same command under the same id', async () => {
    const application = await open(true);
    const scheduler = application.get(CommandScheduler);
    const [order, commandId] = [newId(), newId()];
    await scheduler.schedule(new Remind(order), 3_600_000, { commandId });
    await scheduler.schedule(new Remind('another'), 0, { commandId });
    expect((await scheduler.waiting()).map(({ fields }) => JSON.parse(fields ?? '') as unknown)).toMatchObject([
      { order },
    ]);
    expect(await scheduler.cancel(commandId)).toBe(true);
    expect(await scheduler.cancel(commandId)).toBe(false);
    expect(await scheduler.waiting()).toEqual([]);
  });

  it('are tried again after an accident, each time from nothing, and wait for somebody once that is in vain', async () => {
    const application = await open(true);
    const scheduler = application.get(CommandScheduler);
    const [twice, always] = [newId(), newId()];
    await scheduler.schedule(new Remind(twice, 2), 0);
    await reminded(application, twice);
    expect(failures.get(twice)).toBe(3);
    const id = await scheduler.schedule(new Remind(always, 3), 0);
    await vi.waitFor(
      async () => expect(await scheduler.waiting()).toMatchObject([{ id, failed: true, attempts: 3 }]),
      5_000,
    );
    expect((await scheduler.waiting())[0]?.failure).toBe('the mail server is away');
    expect(await reminders(application, always)).toEqual([]);
    expect(await scheduler.retry(id)).toBe(true);
    await reminded(application, always);
    expect(await scheduler.retry(id)).toBe(false);
  });

  it('take effect once when the process that executed one is gone before it could say so', async () => {
    const application = await open(false);
    const scheduler = application.get(CommandScheduler);
    const order = newId();
    const commandId = await scheduler.schedule(new Remind(order), 0);
    const store = (scheduler as unknown as { parts: { store: { done: () => Promise<void> } } }).parts.store;
    const done = store.done.bind(store);
    store.done = () => Promise.reject(new Error('killed'));
    scheduler.start();
    await reminded(application, order);
    await scheduler.stop();
    store.done = done;
    await turn(10_000);
    scheduler.start();
    await vi.waitFor(async () => expect(await scheduler.waiting()).toEqual([]), 5_000);
    expect(await reminders(application, order)).toHaveLength(1);
    expect(
      await application
        .get(CommandBus)
        .execute(new Remind(order))
        .catch(() => undefined),
    ).toBeUndefined();
    expect(commandId).toEqual(expect.any(String));
  });

  it('are refused when their class has no stored name', async () => {
    const application = await open(false);
    await expect(application.get(CommandScheduler).schedule({ no: 'class' }, 0)).rejects.toMatchObject({
      code: 'CQRS_INVALID_SCHEDULE',
    });
    const never = application.get(CommandScheduler).schedule(new Remind('x'), new Date(NaN));
    await expect(never).rejects.toMatchObject({ code: 'CQRS_INVALID_SCHEDULE' });
  });
});
