import { setTimeout as sleep } from 'node:timers/promises';
import { currentMetadata, withMetadata } from '@annals/event-store';
import type { EventMetadata } from '@annals/event-store';
import type { Enrolment } from '@annals/log';
import { AnnalsError, backoffMs, decodeJson, encodeJson, messageOf, newId } from '@annals/message';
import { withCommand } from '../with-command.js';
import { dueTimes, nextTime } from './cron-times.js';
import { InvalidSchedule } from './invalid-schedule.js';
import type { RecurringOptions } from './recurring.js';
import type { ClaimedEntry, DueAt, DueTimetable, Occurrences, ScheduleStore, WaitingEntry } from './schedule-store.js';
import { restoredCommand, storedNameOf } from './scheduled-command.js';

/** How a process executes scheduled commands. */
export interface SchedulerOptions {
  /** Commands that are executed at once. @default 10 */
  readonly concurrency?: number;
  /** Milliseconds after which a command whose process is gone is another's. @default 60000 */
  readonly leaseMs?: number;
  /** Milliseconds between looks at the most. @default 1000 */
  readonly pollMs?: number;
  /** How often a command is tried that fails by accident. @default 10 */
  readonly attempts?: number;
  /** Milliseconds before the second attempt at the most, doubling with each further one. @default 1000 */
  readonly retryBaseMs?: number;
  /** Milliseconds between two attempts at the most. @default 300000 */
  readonly retryMaxMs?: number;
  /** A number from 0 up to 1, for the jitter. @default Math.random */
  readonly random?: () => number;
}

const DEFAULTS = {
  concurrency: 10,
  leaseMs: 60_000,
  pollMs: 1_000,
  attempts: 10,
  retryBaseMs: 1_000,
  retryMaxMs: 300_000,
  random: Math.random,
};

/** What a scheduler works with. */
export interface SchedulerParts {
  readonly store: ScheduleStore;
  /** Executes a command on the application's bus. */
  readonly execute: (command: object) => Promise<unknown>;
  /** The unit of work of the calling code. */
  readonly unit: () => Enrolment | undefined;
}

/** How a command is scheduled. */
export interface ScheduleOptions {
  /** Names the command: scheduled again under the same id, it stays as it is. @default a new one */
  readonly commandId?: string;
}

/**
 * Executes commands at their time, by the database's clock: of all processes one takes each, and the ledger lets it take effect
 * once, should its process be killed in the middle.
 *
 *   waiting ──due──► claimed ──took effect──► gone
 *                      ├──failed──► waiting, longer each time ──attempts spent──► failed, until `retry`
 *                      └──its process is gone, `leaseMs`──► waiting
 */
export class CommandScheduler {
  private readonly options: Required<SchedulerOptions>;
  private readonly timetables = new Map<
    string,
    { readonly options: Required<RecurringOptions>; readonly make: (due: Date) => object }
  >();
  private readonly names = new Set<string>();
  private readonly running = new Map<ClaimedEntry, Promise<void>>();
  private renewedAt = 0;
  private stopping = new AbortController();
  private ended: Promise<void> | undefined;
  private nap = new AbortController();

  /** @throws RangeError naming every option at fault */
  constructor(
    private readonly parts: SchedulerParts,
    options: SchedulerOptions = {},
  ) {
    this.options = { ...DEFAULTS, ...options };
    const { random: _, ...counts } = this.options;
    const faults = Object.entries(counts).filter(([, value]) => !Number.isSafeInteger(value) || value < 1);
    if (faults.length > 0)
      throw new RangeError(
        `SchedulerOptions: ${faults.map(([key]) => `${key} must be a whole number from 1 on`).join('; ')}`,
      );
  }

  /** Adds commands that this process can execute. @param name the stored name of a class */
  handles(name: string): void {
    this.names.add(name);
  }

  /**
   * Adds a timetable.
   * @param make the command that is due
   * @throws InvalidSchedule (`CQRS_INVALID_SCHEDULE`) when another has its name
   */
  addTimetable(options: Required<RecurringOptions>, make: (due: Date) => object): void {
    if (this.timetables.has(options.name))
      throw new InvalidSchedule(`Two timetables have the name "${options.name}": rename one`);
    this.timetables.set(options.name, { options, make });
  }

  /**
   * Has a command executed later. In a unit of work it is scheduled by the unit's commit.
   * @param command of a class with `@ScheduledCommand`
   * @param due a time, or milliseconds from now on by the database's clock
   * @returns its id
   * @throws InvalidSchedule (`CQRS_INVALID_SCHEDULE`), NotEncodable (`MESSAGE_NOT_ENCODABLE`)
   */
  async schedule(command: object, due: Date | number, options: ScheduleOptions = {}): Promise<string> {
    const { commandId: id = newId() } = options;
    const name = storedNameOf(command);
    const fields = encodeJson({ ...command }, { limitBytes: 1_048_576, what: `the command ${name}` });
    const metadata = encodeJson(currentMetadata(), { limitBytes: 65_536, what: 'the metadata' });
    const at: DueAt = typeof due === 'number' ? { inMs: due } : { at: due };
    if ('at' in at && Number.isNaN(at.at.getTime())) throw new InvalidSchedule(`${name} is to fall due at no time`);
    await this.parts.store.schedule({ id, name, fields, metadata }, at, this.parts.unit());
    this.wake();
    return id;
  }

  /** Takes a command back that waits. @returns false when it does not wait any more */
  cancel(id: string): Promise<boolean> {
    return this.parts.store.cancel(id);
  }

  /** Has a command tried again that failed for good. @returns false when there is none */
  async retry(id: string): Promise<boolean> {
    const found = await this.parts.store.retry(id);
    this.wake();
    return found;
  }

  /** What waits or has failed for good, the first to fall due first. @param limit at the most */
  waiting(limit = 100): Promise<readonly WaitingEntry[]> {
    return this.parts.store.waiting(limit);
  }

  /** Executes what falls due from here on. */
  start(): void {
    if (this.ended !== undefined) return;
    this.stopping = new AbortController();
    this.ended = this.run(this.stopping.signal);
  }

  /** Ends after the commands in hand. May come twice, or without a start. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.wake();
    await this.ended;
    this.ended = undefined;
    await Promise.all(this.running.values());
  }

  private wake(): void {
    this.nap.abort();
  }

  private async run(signal: AbortSignal): Promise<void> {
    let kept = false;
    while (!signal.aborted) {
      this.nap = new AbortController();
      let waitMs = this.options.pollMs;
      try {
        if (!kept) await this.keepTimetables();
        kept = true;
        const tables = [...this.timetables.keys()];
        if (tables.length > 0) await this.parts.store.turnTimetables(tables, (due) => this.occurrencesOf(due));
        await this.renew();
        const claimed = await this.claim();
        const nextMs = (await this.parts.store.nextInMs(this.ours())) ?? waitMs;
        // What is due and cannot be claimed waits for another, whose end wakes us or is seen by looking.
        if (nextMs > 0 || claimed > 0) waitMs = Math.min(waitMs, Math.max(1, nextMs));
      } catch {
        // The database is away: what is due stays due.
      }
      const either = AbortSignal.any([signal, this.nap.signal]);
      await sleep(waitMs, undefined, { signal: either }).catch(() => undefined);
    }
  }

  private ours(): readonly string[] {
    return [...this.names, ...this.timetables.keys()];
  }

  private async keepTimetables(): Promise<void> {
    for (const { options } of this.timetables.values()) {
      await this.parts.store.keepTimetable(options, (now) => nextTime(options.cron, options.timeZone, now));
    }
  }

  private occurrencesOf({ name, due, now, unended }: DueTimetable): Occurrences {
    const timetable = this.timetables.get(name);
    if (timetable === undefined) return { due: [], next: due, inTurn: false };
    const { overlap, missed } = timetable.options;
    const { due: all, next } = dueTimes(timetable.options, due, now);
    // One that fell due just now was not missed.
    const wanted =
      missed === 'all' ? all : missed === 'last' ? all.slice(-1) : all.slice(-1).filter((at) => isRecent(at, now));
    if (overlap === 'allow') return { due: wanted, next, inTurn: false };
    const room = overlap === 'skip' ? 1 - unended : 2 - unended;
    const chosen = missed === 'all' && overlap === 'queue' ? wanted : wanted.slice(-1);
    return { due: room <= 0 ? [] : chosen, next, inTurn: overlap === 'queue' };
  }

  /** A command may take longer than a lease lasts. */
  private async renew(): Promise<void> {
    const { leaseMs } = this.options;
    const now = performance.now();
    if (this.running.size === 0 || now - this.renewedAt < leaseMs / 3) return;
    this.renewedAt = now;
    await this.parts.store.renew([...this.running.keys()], leaseMs);
  }

  private async claim(): Promise<number> {
    const room = this.options.concurrency - this.running.size;
    if (room <= 0) return 0;
    const claimed = await this.parts.store.claim(this.ours(), room, this.options.leaseMs);
    for (const entry of claimed) {
      const execution = this.execute(entry).finally(() => {
        this.running.delete(entry);
        this.wake();
      });
      this.running.set(entry, execution);
    }
    return claimed.length;
  }

  private async execute(entry: ClaimedEntry): Promise<void> {
    const { store } = this.parts;
    try {
      const command = this.commandOf(entry);
      const metadata = decodeJson(entry.metadata) as EventMetadata;
      await withMetadata(metadata, () => withCommand({ commandId: entry.id }, () => this.parts.execute(command)));
    } catch (error) {
      const { attempts, retryBaseMs, retryMaxMs, random } = this.options;
      const again = entry.attempt < attempts && mayPass(error);
      const backoff = { baseMs: retryBaseMs, maxMs: retryMaxMs };
      const message = messageOf(error);
      // Should this not arrive, its lease runs out, and it is tried again.
      await store
        .failed(entry, message, again ? backoffMs(entry.attempt, backoff, random) : undefined)
        .catch(() => undefined);
      return;
    }
    // Should this not arrive, it comes again once its lease has run out, and the ledger knows the answer.
    await store.done(entry).catch(() => undefined);
  }

  private commandOf({ name, fields, due }: ClaimedEntry): object {
    if (fields !== undefined) return restoredCommand(name, decodeJson(fields));
    const timetable = this.timetables.get(name);
    if (timetable === undefined) throw new InvalidSchedule(`There is no timetable "${name}" here`);
    return timetable.make(due);
  }
}

const RECENT_MS = 60_000;
const isRecent = (at: Date, now: Date): boolean => now.getTime() - at.getTime() <= RECENT_MS;

/** An answer of the domain stays what it is; anything else may end differently the next time. */
const mayPass = (error: unknown): boolean => !(error instanceof AnnalsError) || error.retryable;
