import { DomainEvent, LogEventStore } from '@annals/event-store';
import type { StreamEvent } from '@annals/event-store';
import { InMemoryLog, InMemoryUnitOfWork, LogUnavailable } from '@annals/log';
import { newId } from '@annals/message';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Aggregate } from './aggregate.js';
import { AggregateRoot } from './aggregate-root.js';
import type { Repository } from './repository.js';
import { repositoryOf } from './repository-of.js';
import { When } from './when.js';

@DomainEvent('repository-spec.incremented')
class Incremented {
  constructor(readonly by: number) {}
}

@DomainEvent('repository-spec.labelled')
class Labelled {
  constructor(
    readonly id: string,
    readonly type: string,
  ) {}
}

@Aggregate('counter')
class Counter extends AggregateRoot {
  total = 0;
  @When(Incremented)
  protected whenIncremented({ by }: Incremented): void {
    this.total += by;
  }
}

const conflict = { code: 'STORE_WRONG_EXPECTED_REVISION' };

describe('A repository', () => {
  let log: InMemoryLog;
  let units: InMemoryUnitOfWork;
  let store: LogEventStore;
  let counters: Repository<Counter>;

  beforeEach(() => {
    log = new InMemoryLog();
    units = new InMemoryUnitOfWork(log);
    store = new LogEventStore({ log, unitOfWork: units, wakesReaders: log });
    counters = repositoryOf(store, Counter);
  });

  const saved = async (...by: number[]): Promise<Counter> => {
    const counter = new Counter('1');
    for (const each of by) counter.apply(new Incremented(each));
    await counters.save(counter);
    return counter;
  };
  const stream = async (): Promise<StreamEvent[]> => {
    const events: StreamEvent[] = [];
    for await (const event of store.read('counter-1')) events.push(event);
    return events;
  };

  it('saves the events to the stream of category and id, and loads them again', async () => {
    const counter = await saved(1, 2);
    expect(counter).toMatchObject({ revision: 2, uncommitted: [] });
    expect((await stream()).map(({ data }) => data)).toEqual([new Incremented(1), new Incremented(2)]);
    expect(await counters.load('1')).toMatchObject({ id: '1', total: 3, revision: 2, uncommitted: [] });
  });

  it('answers load of what is not there with an error, find with undefined', async () => {
    await expect(counters.load('1')).rejects.toMatchObject({ code: 'CQRS_AGGREGATE_NOT_FOUND', id: '1' });
    expect(await counters.find('1')).toBeUndefined();
  });

  it('does not ask the store when there is nothing to save', async () => {
    const append = vi.spyOn(log, 'append');
    expect(await counters.save(new Counter('1'))).toBeUndefined();
    expect(append).not.toHaveBeenCalled();
  });

  it('refuses a new aggregate whose stream is there, and one that others have changed', async () => {
    await saved(1);
    await expect(saved(1)).rejects.toMatchObject(conflict);
    const [one, other] = [await counters.load('1'), await counters.load('1')];
    one.apply(new Incremented(10));
    await counters.save(one);
    other.apply(new Incremented(100));
    await expect(counters.save(other)).rejects.toMatchObject({ ...conflict, expected: 1, actual: 2 });
    expect(other).toMatchObject({ revision: 1, uncommitted: [new Incremented(100)] });
    await expect(counters.save(other)).rejects.toMatchObject(conflict);
    expect((await counters.load('1')).total).toBe(11);
  });

  it('appends an aggregate once when its first save was carried out without an answer', async () => {
    const counter = new Counter('1');
    counter.apply(new Incremented(1));
    const append = log.append.bind(log);
    vi.spyOn(log, 'append').mockImplementationOnce(async (...given) => {
      await append(...given);
      throw new LogUnavailable('no answer');
    });
    await expect(counters.save(counter)).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
    expect(await counters.save(counter)).toMatchObject({ revision: 1 });
    expect(await stream()).toHaveLength(1);
  });

  it('appends once also an event whose class has fields called id and type', async () => {
    const counter = new Counter('1');
    counter.apply(new Labelled('7', 'label'));
    const append = log.append.bind(log);
    vi.spyOn(log, 'append').mockImplementationOnce(async (...given) => {
      await append(...given);
      throw new LogUnavailable('no answer');
    });
    await expect(counters.save(counter)).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
    await counters.save(counter);
    expect((await stream()).map(({ data }) => data)).toEqual([new Labelled('7', 'label')]);
  });

  it('saves what follows under ids of its own', async () => {
    const counter = await saved(1);
    counter.apply(new Incremented(2));
    await counters.save(counter);
    const events = await stream();
    expect(new Set(events.map(({ id }) => id)).size).toBe(2);
  });

  it('derives ids from the command, so that its repetition appends nothing', async () => {
    const commandId = newId();
    for (const attempt of [1, 2]) {
      const counter = new Counter('1');
      counter.apply(new Incremented(attempt));
      expect(await counters.save(counter, { commandId })).toMatchObject({ revision: 1 });
    }
    expect((await stream()).map(({ data }) => data)).toEqual([new Incremented(1)]);
  });

  describe('inside a unit of work', () => {
    it('loads what was saved there, saves on top of it, and shows nothing outside before the end', async () => {
      await saved(1);
      await units.run(async () => {
        const counter = await counters.load('1');
        counter.apply(new Incremented(10));
        expect(await counters.save(counter)).toEqual({ pending: true });
        counter.apply(new Incremented(100));
        await counters.save(counter);
        expect(await counters.load('1')).toMatchObject({ total: 111, revision: 3 });
        expect(await log.readStream('counter-1', {}, 10, 'forwards')).toHaveLength(1);
      });
      expect((await counters.load('1')).total).toBe(111);
    });

    it('leaves nothing behind when the unit fails', async () => {
      const unit = units.run(async () => {
        await saved(1);
        throw new Error('no');
      });
      await expect(unit).rejects.toThrow('no');
      expect(await counters.find('1')).toBeUndefined();
    });

    it('makes the unit fail when others have changed the aggregate meanwhile', async () => {
      await saved(1);
      const unit = units.run(async () => {
        const counter = await counters.load('1');
        counter.apply(new Incremented(10));
        await counters.save(counter);
        await log.append([{ stream: 'counter-1', expected: 'any', records: [await aRecord()] }]);
      });
      await expect(unit).rejects.toMatchObject(conflict);
      expect((await counters.load('1')).total).toBe(2);
    });

    const aRecord = async () => {
      const [record] = await log.readStream('counter-1', {}, 1, 'forwards');
      return { ...(record as NonNullable<typeof record>), id: newId() };
    };
  });
});
