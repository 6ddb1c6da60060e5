import { hasCode } from '@annals/message';
import type { ResolvedSubscribeOptions } from '../handling/subscribe-options.js';
import type { BeatAnswer, GroupStore, Membership, OwnedPartition } from './group-store.js';

/** The part of a session that a member relies on; the rest is for clocks and answers on their way. */
const TRUST = 0.9;

/** Milliseconds after a session's end at which nobody can doubt it. */
const EXPIRY_GRACE_MS = 20;

/** What a member does with what it learns. */
export interface MemberParts {
  /** Takes up exactly these partitions, and lets go of what is not among them, or is revoked. */
  readonly onAnswer: (owned: readonly OwnedPartition[]) => void;
  /** Everything may be somebody else's by now. */
  readonly onLost: () => void;
  /** What the member has let go of since the last call. */
  readonly takeReleased: () => readonly OwnedPartition[];
  /** For how many milliseconds the slowest call of the handler has been going on. */
  readonly handlingForMs: () => number;
  /** Resolves when no handler runs any more. */
  readonly idle: () => Promise<void>;
  /** The member cannot go on: somebody else has its place. */
  readonly onFenced: (error: unknown) => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Keeps this process a member of a group: gives signs of life, and hands on what it is dealt.
 *
 *   joining ──beat──► member ──unknown to the group, no answer in time, a handler is stuck──► joining (as somebody new)
 *      ▲ start()         └──another process has its instance id──► fenced
 *      │                 └──stop()──► left
 */
export class MembershipKeeper {
  readonly #stopping = new AbortController();
  #memberId: string;
  #joins = true;
  #nap = new AbortController();
  #woken = false;
  #running: Promise<void> = Promise.resolve();

  constructor(
    private readonly groups: GroupStore,
    private readonly options: ResolvedSubscribeOptions,
    private readonly parts: MemberParts,
  ) {
    this.#memberId = options.newMemberId();
  }

  /** Who this process is in the group just now. */
  get member(): Membership {
    return { group: this.options.group, memberId: this.#memberId, sessionMs: this.options.sessionMs };
  }

  start(): void {
    const stopWaking = this.groups.onChange(this.options.group, () => this.beatSoon());
    this.#running = this.#run().finally(stopWaking);
  }

  /** Has the next sign of life given at once. */
  beatSoon(): void {
    this.#woken = true;
    this.#nap.abort();
  }

  /** Ends the signs of life, without leaving. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.beatSoon();
    await this.#running;
  }

  /** Leaves the group, so that others have the partitions at once; a static member's wait for it. */
  async leave(): Promise<void> {
    // Should it not arrive, the session runs out by itself.
    await this.groups.leave(this.member).catch(this.parts.onError);
  }

  async #run(): Promise<void> {
    const { heartbeatMs, sessionMs, now } = this.options;
    let trustedUntil = now() + sessionMs * TRUST;
    while (!this.#stopping.signal.aborted) {
      this.#woken = false;
      const asked = now();
      try {
        if (this.parts.handlingForMs() > this.options.maxPollIntervalMs) await this.#leaveStuck();
        const answer = await this.#beat();
        trustedUntil = asked + sessionMs * TRUST;
        this.parts.onAnswer(answer.owned);
        await this.#sleep(this.#pauseAfter(answer));
      } catch (error) {
        if (hasCode(error, 'BUS_FENCED_INSTANCE')) {
          this.parts.onLost();
          this.parts.onFenced(error);
          return;
        }
        if (hasCode(error, 'BUS_UNKNOWN_MEMBER')) this.#forgotten();
        else {
          this.parts.onError(error);
          if (now() >= trustedUntil) this.parts.onLost();
          await this.#sleep(Math.ceil(heartbeatMs / 4));
        }
      }
    }
  }

  /** Sooner than usual where there is something to take over: what is let go of, or what a dead member leaves. */
  #pauseAfter({ awaits, expiresInMs }: BeatAnswer): number {
    const { heartbeatMs } = this.options;
    return Math.max(
      1,
      Math.min(awaits ? Math.ceil(heartbeatMs / 4) : heartbeatMs, Math.ceil(expiresInMs) + EXPIRY_GRACE_MS),
    );
  }

  async #beat(): Promise<BeatAnswer> {
    const { group, instanceId, topics, assignor, sessionMs } = this.options;
    const released = this.parts.takeReleased();
    const answer = await this.groups.beat({
      group,
      memberId: this.#memberId,
      instanceId,
      topics,
      assignor,
      sessionMs,
      joins: this.#joins,
      released,
    });
    this.#joins = false;
    return answer;
  }

  /** A handler that does not end must not keep the partitions from others (Kafka's max.poll.interval.ms). */
  async #leaveStuck(): Promise<void> {
    this.parts.onError(new Error(`a handler has been running for more than ${this.options.maxPollIntervalMs} ms`));
    await this.leave();
    this.#forgotten();
    await Promise.race([this.parts.idle(), aborted(this.#stopping.signal)]);
  }

  #forgotten(): void {
    this.parts.onLost();
    this.#memberId = this.options.newMemberId();
    this.#joins = true;
  }

  async #sleep(ms: number): Promise<void> {
    if (this.#woken) return;
    this.#nap = new AbortController();
    await this.options.delay(ms, this.#nap.signal);
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
