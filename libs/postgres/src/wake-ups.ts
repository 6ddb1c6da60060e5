import pg from 'pg';
import type { Database } from './database.js';
import type { Statement } from './statement.js';

export interface WakeUpsOptions {
  /** Milliseconds between two notifications at the least; the first after a pause goes out at once. @default 5 */
  readonly minGapMs?: number;
  /** Milliseconds between looks whether the listening connection still answers. @default 10000 */
  readonly heartbeatMs?: number;
  /** Milliseconds before a lost listening connection is opened again; doubles up to 10 s. @default 100 */
  readonly reconnectMs?: number;
  /** Tells this process's own notifications from others'. @default a random name */
  readonly origin?: string;
}

/** A notification as a statement. */
export interface Notice {
  readonly statement: Statement;
  readonly values: readonly unknown[];
}

const LONGEST_RECONNECT_MS = 10_000;
/** A notification holds 8,000 bytes; of more things than this it says that anything may be new. */
const MOST_SUBJECTS = 200;
const ANYTHING = '*';

const NOTIFY = {
  name: 'annals-notify',
  // Its COMMIT would otherwise wait for the disk, though nothing is lost with a lost notification.
  text: `SELECT pg_notify($1, $2), set_config('synchronous_commit', 'off', true)`,
};

/**
 * Wakes readers when something new is there: those of this process at once, those of others by a coalesced NOTIFY that
 * is never part of the writer's transaction, where it would serialise all commits. A hint: readers poll as well.
 *
 *   closed ──start──► connecting ◄──lost── listening
 *     ▲                  └──────connected──────▲ (wakes all, since something may have been missed)
 *     └──stop── from any
 */
export class WakeUps {
  private readonly wakes = new Map<string, Set<() => void>>();
  /** What the next notification says is new. */
  private subjects = new Set<string>();
  private readonly options: Required<WakeUpsOptions>;
  private listener: pg.Client | undefined;
  private heartbeat: NodeJS.Timeout | undefined;
  private gap: NodeJS.Timeout | undefined;
  private notifying: Promise<void> | undefined;
  private stopped = false;
  private started: Promise<void> | undefined;

  /** @param channel the name of what is new, shared by all processes of one schema; at most 63 bytes */
  constructor(
    private readonly database: Database,
    private readonly channel: string,
    options: WakeUpsOptions = {},
  ) {
    const origin = options.origin ?? Math.random().toString(36).slice(2);
    this.options = { minGapMs: 5, heartbeatMs: 10_000, reconnectMs: 100, ...options, origin };
  }

  /** Starts to listen for other processes. Resolves at the first attempt's end, even a failed one, which is repeated. */
  async start(): Promise<void> {
    this.started ??= this.connect(this.options.reconnectMs);
    await this.started;
  }

  /**
   * Calls `wake` after each wake-up until the returned function is called.
   * @param subject only for what was announced under the same
   */
  onWake(wake: () => void, subject = ''): () => void {
    const own = (): void => wake();
    const all = this.wakes.get(subject) ?? new Set();
    this.wakes.set(subject, all.add(own));
    return () => {
      all.delete(own);
      if (all.size === 0 && this.wakes.get(subject) === all) this.wakes.delete(subject);
    };
  }

  /**
   * Says that there is something new: here at once, elsewhere within `minGapMs`.
   * @param subject what it is about: letters, digits and hyphens, at most 30
   */
  announce(subject = ''): void {
    this.wake(subject);
    if (this.stopped) return;
    this.subjects.add(subject);
    this.notifying ??= this.notify();
  }

  /**
   * A notification for other processes, to be sent right behind the statements that make something new, over the same connection:
   * so it goes out as they are done, and is still no part of their transactions. Undefined while one has just gone out: then
   * `announce` afterwards, as always; else `wakeHere` is enough.
   */
  notice(subjects: readonly string[]): Notice | undefined {
    if (this.stopped || this.notifying !== undefined || subjects.length > MOST_SUBJECTS) return undefined;
    this.notifying = Promise.resolve();
    this.waitGap();
    return { statement: NOTIFY, values: [this.channel, `${this.options.origin} ${subjects.join(',')}`] };
  }

  /** As `announce`, for this process alone. */
  wakeHere(subject: string): void {
    this.wake(subject);
  }

  /** Stops listening and announcing. May be called twice, or without a start. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.heartbeat);
    clearTimeout(this.gap);
    const listener = this.listener;
    this.listener = undefined;
    await this.notifying;
    await listener?.end().catch(() => undefined);
  }

  private async notify(): Promise<void> {
    // A writer that goes on at once sends its next append first.
    await new Promise(setImmediate);
    const subjects = this.subjects.size > MOST_SUBJECTS ? ANYTHING : [...this.subjects].join(',');
    this.subjects = new Set();
    const values = [this.channel, `${this.options.origin} ${subjects}`];
    // By the listening connection where there is one: its backend need not be woken for what it says itself, and no
    // other is taken from the writers. A notification that fails costs latency only: the readers poll.
    const { prepare = true } = this.database.options;
    const sent = this.listener
      ? this.listener.query({ ...(prepare && { name: NOTIFY.name }), text: NOTIFY.text, values })
      : this.database.query(NOTIFY, values);
    await sent.catch(() => undefined);
    if (!this.stopped) this.waitGap();
  }

  private waitGap(): void {
    this.gap = setTimeout(() => {
      this.notifying = this.subjects.size > 0 ? this.notify() : undefined;
    }, this.options.minGapMs);
    this.gap.unref();
  }

  private async connect(delayMs: number): Promise<void> {
    if (this.stopped) return;
    const { connectionString, applicationName = 'annals' } = this.database.options;
    const client = new pg.Client({
      connectionString,
      application_name: `${applicationName} listener`,
      keepAlive: true,
    });
    let lost = false;
    let pauseMs = delayMs;
    const onLoss = (): void => {
      if (lost) return;
      lost = true;
      if (this.listener === client) this.listener = undefined;
      clearInterval(this.heartbeat);
      client.end().catch(() => undefined);
      if (this.stopped) return;
      setTimeout(() => void this.connect(Math.min(pauseMs * 2, LONGEST_RECONNECT_MS)), pauseMs).unref();
    };
    client.on('error', onLoss).on('end', onLoss);
    client.on('notification', ({ payload }) => {
      const [origin, subjects = ''] = (payload ?? '').split(' ');
      if (origin === this.options.origin) return;
      if (subjects === ANYTHING) this.wakeAll();
      else for (const subject of subjects.split(',')) this.wake(subject);
    });
    try {
      await client.connect();
      await client.query(`LISTEN ${client.escapeIdentifier(this.channel)}`);
    } catch {
      onLoss();
      return;
    }
    pauseMs = this.options.reconnectMs;
    await this.listen(client, onLoss);
  }

  private async listen(client: pg.Client, onLoss: () => void): Promise<void> {
    if (this.stopped) return client.end();
    this.listener = client;
    // Whatever was announced while nobody listened is caught up with now.
    this.wakeAll();
    // A connection dropped silently on the way raises no event by itself.
    this.heartbeat = setInterval(() => {
      const late = setTimeout(onLoss, this.options.heartbeatMs);
      client.query('SELECT 1').then(
        () => clearTimeout(late),
        () => {
          clearTimeout(late);
          onLoss();
        },
      );
    }, this.options.heartbeatMs);
    this.heartbeat.unref();
  }

  private wake(subject: string): void {
    for (const wake of this.wakes.get(subject) ?? []) wake();
  }

  private wakeAll(): void {
    for (const subject of this.wakes.keys()) this.wake(subject);
  }
}
