import { backoffMs, messageOf } from '@annals/message';
import type { GroupStore, HandlerTransaction, Membership } from '../groups/group-store.js';
import { StaleGeneration } from '../groups/stale-generation.js';
import { parkingKeyOf } from '../groups/parking-key.js';
import type { Producer } from '../topics/producer.js';
import { TopicRecord } from '../topics/topic-record.js';
import type { StoredRecord } from '../topics/topic-record.js';
import type { TopicStore } from '../topics/topic-store.js';
import { deadLetterOf } from './dead-letter.js';
import { Deliveries } from './deliveries.js';
import type { Handler, RecordHandler } from './delivery.js';
import { handleInOrder, RecordFailed } from './handle-in-order.js';
import type { Course } from './handle-in-order.js';
import { isNoFaultOfRecords } from './no-fault-of-records.js';
import { ParkedRecords } from './parked-records.js';
import type { PartitionRunner, RunnerBatch } from './partition-runner.js';
import type { ResolvedSubscribeOptions } from './subscribe-options.js';
import { tracedDelivery } from '../tracing/traced-delivery.js';
import type { TransactionalPublish } from './transactional-publish.js';

/** Where a record carries a trace, if it does: an event of an attached log in its metadata. */
const traceIn = (record: StoredRecord): string | null =>
  record.logged === undefined ? record.headers : record.logged.metadata;

/** Hands records to a handler by the guarantee that its subscription gives. */
export class Deliverer {
  readonly #parked: ParkedRecords;
  readonly #deliveries: Deliveries;

  constructor(
    private readonly handler: Handler,
    private readonly options: ResolvedSubscribeOptions,
    topics: TopicStore,
    private readonly groups: GroupStore,
    private readonly producer: Producer,
    private readonly publishIn: TransactionalPublish,
    /** Who the subscription is in its group just now. */
    private readonly member: () => Membership,
  ) {
    this.#parked = new ParkedRecords(topics, groups, options, member);
    this.#deliveries = new Deliveries(options.group, producer, publishIn, (runner, upTo) =>
      this.#commit(runner, upTo, true),
    );
  }

  /** @returns false when a record stands in the way */
  async handle(runner: PartitionRunner, batch: RunnerBatch): Promise<boolean> {
    if (runner.parked.size > 0) return this.#passingParked(runner, batch);
    switch (this.options.guarantee) {
      case 'at-most-once':
        return this.#atMostOnce(runner, batch);
      case 'at-least-once':
        if (this.handler.kind === 'single') return this.#oneByOne(runner, batch, this.handler.handle);
        return this.#inOrder(runner, batch, batch.records.length, (some, attempt) =>
          this.#call(runner, some, { attempt, transaction: undefined }),
        );
      case 'effectively-once':
        return this.#effectivelyOnce(runner, batch);
    }
  }

  async #atMostOnce(runner: PartitionRunner, { records, upTo, done }: RunnerBatch): Promise<boolean> {
    await this.#commit(runner, upTo, records.length > 0);
    done(upTo);
    const stride = this.handler.kind === 'single' ? 1 : records.length;
    for (let at = 0; at < records.length; at += stride) {
      const some = records.slice(at, at + stride);
      // Whatever becomes of them, they are not handled again.
      await this.#call(runner, some, { attempt: 1, transaction: undefined }).catch((error: unknown) =>
        this.options.onError(error, runner.placeOf(some[0])),
      );
    }
    return true;
  }

  /** While keys are parked, records come one by one, and those of such a key are parked behind what holds them up. */
  #passingParked(runner: PartitionRunner, batch: RunnerBatch): Promise<boolean> {
    return this.#inOrder(runner, batch, 1, async (some, attempt) => {
      const [record] = some;
      if (record !== undefined && runner.parked.has(parkingKeyOf(record))) {
        await this.#parked.park(runner, record, upToOf(batch, some), null);
      } else if (this.options.guarantee === 'effectively-once') {
        await this.#transaction(runner, upToOf(batch, some), (transaction) =>
          this.#call(runner, some, { attempt, transaction }),
        );
      } else await this.#call(runner, some, { attempt, transaction: undefined });
    });
  }

  /** Tries the parked records that an operator has resumed. */
  retryParked(runner: PartitionRunner): Promise<void> {
    return this.#parked.retry(runner, async (record, place) => {
      const handle = async (transaction: HandlerTransaction | undefined): Promise<void> => {
        if (record !== undefined) await this.#call(runner, [record], { attempt: 1, transaction });
      };
      if (this.options.guarantee === 'effectively-once') {
        const { committed } = runner;
        const move = { ...this.#moveOf(runner, committed ?? 0), from: committed, unparks: place };
        await this.groups.transaction(this.member(), move, handle);
      } else {
        await handle(undefined);
        await this.groups.unpark(this.member(), runner.owned, place);
      }
    });
  }

  /** Nearly all records go well at the first attempt: those cost one call each, and no more. */
  async #oneByOne(runner: PartitionRunner, batch: RunnerBatch, handle: RecordHandler): Promise<boolean> {
    const { records, upTo, done } = batch;
    let place = 0;
    const delivery = this.#deliveries.of(runner, 1, undefined, () => (records[place]?.offset ?? upTo - 1) + 1);
    try {
      for (const record of records) {
        if (runner.isDraining || runner.signal.aborted) return true;
        const { name } = runner.topic;
        const handling = tracedDelivery(name, [traceIn(record)], () => handle(new TopicRecord(name, record), delivery));
        if (handling !== undefined) await (handling as PromiseLike<unknown>);
        place += 1;
        done(record.offset + 1);
      }
      done(upTo);
      return true;
    } catch (error) {
      const rest = { records: records.slice(place), upTo, done };
      let first = true;
      return await this.#inOrder(runner, rest, 1, async (some, attempt) => {
        // What has failed just now counts as the first attempt.
        if (first) {
          first = false;
          throw error;
        }
        await this.#call(runner, some, { attempt, transaction: undefined });
      });
    }
  }

  async #effectivelyOnce(runner: PartitionRunner, batch: RunnerBatch): Promise<boolean> {
    const { records, upTo } = batch;
    if (records.length === 0) {
      // Nothing but records that are not wanted: if this is lost they are passed once more.
      await this.#commit(runner, upTo, false);
      batch.done(upTo);
      return true;
    }
    return this.#inOrder(runner, batch, records.length, (some, attempt) =>
      this.#transaction(runner, upToOf(batch, some), async (transaction) => {
        await this.#callEach(runner, some, { attempt, transaction });
      }),
    );
  }

  async #inOrder(
    runner: PartitionRunner,
    batch: RunnerBatch,
    stride: number,
    handle: Course['handle'],
  ): Promise<boolean> {
    const { records, upTo, done } = batch;
    const { attempts, retryBaseMs, retryMaxMs, random, delay, onError } = this.options;
    const parked = runner.parked.size;
    const finished = await handleInOrder(records, {
      stride: Math.max(1, stride),
      attempts,
      // What follows a key that has just been parked must not pass it.
      stops: () => runner.isDraining || (parked === 0 && runner.parked.size > 0),
      endsWith: (error) => runner.signal.aborted || isNoFaultOfRecords(error),
      handle: async (some, attempt) => {
        runner.signal.throwIfAborted();
        await handle(some, attempt);
        done(upToOf(batch, some));
      },
      pause: async (record, failed, error) => {
        onError(error, runner.placeOf(record));
        await this.#noteFailure(runner, error);
        const backoff = { baseMs: retryBaseMs, maxMs: retryMaxMs };
        await delay(backoffMs(failed, backoff, random), runner.signal);
      },
      giveUp: (record, error) => this.#giveUp(runner, batch, record, error),
    });
    if (finished === records.length) done(upTo);
    else if (parked === 0 && runner.parked.size > 0 && !runner.isDraining) {
      return this.#passingParked(runner, { records: records.slice(finished), upTo, done });
    }
    return finished === records.length || runner.isDraining;
  }

  async #giveUp(runner: PartitionRunner, batch: RunnerBatch, record: StoredRecord, error: unknown): Promise<boolean> {
    const { onError, onFailure, guarantee, deadLetter } = this.options;
    onError(error, runner.placeOf(record));
    if (onFailure === 'stop') {
      await this.#noteFailure(runner, error);
      return false;
    }
    const upTo = upToOf(batch, [record]);
    if (onFailure === 'park') {
      await this.#parked.park(runner, record, upTo, messageOf(error));
      batch.done(upTo);
      return true;
    }
    const letter =
      onFailure === 'dead-letter' &&
      deadLetter !== undefined &&
      deadLetterOf(record, runner.topic.name, this.options.group, error);
    if (guarantee === 'effectively-once') {
      await this.#transaction(runner, upTo, async (transaction) => {
        if (letter) await this.publishIn(transaction, deadLetter, letter);
      });
    } else if (letter) await this.producer.send(deadLetter, letter);
    batch.done(upTo);
    return true;
  }

  async #transaction(
    runner: PartitionRunner,
    upTo: number,
    work: (transaction: HandlerTransaction) => Promise<void>,
  ): Promise<void> {
    const move = { ...this.#moveOf(runner, upTo), from: runner.committed };
    await this.groups.transaction(this.member(), move, work);
    runner.committed = upTo;
  }

  /** Single handlers get one after the other, and the one that fails is known. */
  async #callEach(
    runner: PartitionRunner,
    records: readonly StoredRecord[],
    how: { attempt: number; transaction: HandlerTransaction | undefined },
  ): Promise<void> {
    if (this.handler.kind === 'batch') return this.#call(runner, records, how);
    for (const [place, record] of records.entries()) {
      await this.#call(runner, [record], place === 0 ? how : { ...how, attempt: 1 }).catch((error: unknown) => {
        throw isNoFaultOfRecords(error) ? error : new RecordFailed(place, error);
      });
    }
  }

  async #call(
    runner: PartitionRunner,
    records: readonly StoredRecord[],
    { attempt, transaction }: { attempt: number; transaction: HandlerTransaction | undefined },
  ): Promise<void> {
    const { handler } = this;
    const last = records.at(-1);
    const delivery = this.#deliveries.of(runner, attempt, transaction, () => (last?.offset ?? runner.done - 1) + 1);
    const { name } = runner.topic;
    if (handler.kind === 'batch') {
      const many = records.map((record) => new TopicRecord(name, record));
      await tracedDelivery(name, records.map(traceIn), () => handler.handle(many, delivery));
      return;
    }
    for (const record of records) {
      await tracedDelivery(name, [traceIn(record)], () => handler.handle(new TopicRecord(name, record), delivery));
    }
  }

  async #commit(runner: PartitionRunner, upTo: number, durable: boolean): Promise<void> {
    const stale = await this.groups.commit(this.member(), [this.#moveOf(runner, upTo)], durable);
    if (stale.length > 0) throw new StaleGeneration(this.options.group, runner.title, runner.owned.generation);
    runner.committed = upTo;
  }

  #moveOf({ owned, title }: PartitionRunner, offset: number) {
    const { topicId, partition, generation } = owned;
    return { topicId, partition, generation, offset, title };
  }

  async #noteFailure(runner: PartitionRunner, error: unknown): Promise<void> {
    // A cursor that moves clears what was noted.
    if (this.options.commit === 'auto' && runner.done !== runner.committed) {
      await this.#commit(runner, runner.done, false);
    }
    // That it is known is a help for operators; that it cannot be noted just now stops nobody.
    await this.groups.noteFailure(this.member(), runner.owned, messageOf(error)).catch(() => undefined);
  }
}

/** Where the partition stands when `some`, which are of the batch, are done. */
function upToOf({ records, upTo }: RunnerBatch, some: readonly StoredRecord[]): number {
  const last = some.at(-1);
  return last === undefined || last === records.at(-1) ? upTo : last.offset + 1;
}
