import type { Enrolment, Log, StreamAppend } from '@annals/log';
import { isArchived } from '../closing/is-archived.js';
import type { EventDecoder } from '../reading/event-decoder.js';
import type { StreamEvent } from '../stream/recorded-event.js';
import type { EventTypes } from '../typing/event-types.js';

/** What is done with events in the transaction that appends them. */
export interface InlineHandler {
  /** The stable names of the events it wants. */
  readonly types: readonly string[];
  /**
   * Called once per unit, when the application's work in it is done. Where it throws, nothing is appended.
   * @param events of the unit, in the order they were enrolled; they have no place in the log yet
   * @param manager the engine's: TypeORM's `EntityManager` of the transaction
   */
  handle(events: readonly StreamEvent[], manager: unknown): Promise<void>;
}

/** The handlers of events that go with the append itself; appends of which no handler wants anything pay nothing for them. */
export class InlineHandlers {
  private readonly handlers: { readonly handler: InlineHandler; readonly stored: ReadonlySet<string> }[] = [];

  constructor(
    private readonly log: Log,
    private readonly decoder: EventDecoder,
    private readonly types: EventTypes,
  ) {}

  /** Adds a handler; they are called in the order they were added. */
  add(handler: InlineHandler): void {
    const stored = new Set(handler.types.flatMap((type) => this.types.storedNamesOf(type)));
    this.handlers.push({ handler, stored });
  }

  /** Whether a handler wants one of the events. */
  want(appends: readonly StreamAppend[]): boolean {
    if (this.handlers.length === 0) return false;
    return appends.some(({ records }) =>
      records.some(({ type }) => this.handlers.some(({ stored }) => stored.has(type))),
    );
  }

  /** Has what is enrolled by then handled at the end of the unit. */
  handleBeforeFlush(unit: Enrolment): void {
    unit.beforeFlush(this, (manager) => this.handle(unit, manager));
  }

  private async handle(unit: Enrolment, manager: unknown): Promise<void> {
    const events = await this.decode(unit.enrolled);
    for (const { handler } of this.handlers) {
      const wanted = events.filter(({ type }) => handler.types.includes(type));
      if (wanted.length > 0) await handler.handle(wanted, manager);
    }
  }

  /** Should another append to a stream meanwhile, the flush refuses, unless the append expected nothing. */
  private async decode(appends: readonly StreamAppend[]): Promise<readonly StreamEvent[]> {
    const revisions = new Map<string, number>();
    const events: StreamEvent[] = [];
    for (const append of appends) {
      const { stream, expected, records } = append;
      const known = revisions.get(stream);
      const base = known ?? (typeof expected === 'number' ? expected : await this.revisionOf(stream, expected));
      events.push(...(await this.decoder.pending([append], base)));
      revisions.set(stream, base + records.length);
    }
    return events;
  }

  private async revisionOf(stream: string, expected: StreamAppend['expected']): Promise<number> {
    if (expected === 'no-stream') return 0;
    const [last] = await this.log.readStream(stream, {}, 1, 'backwards');
    return last === undefined || isArchived(stream, [last]) ? 0 : last.revision;
  }
}
