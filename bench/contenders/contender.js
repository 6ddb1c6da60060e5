// @ts-check
/**
 * What a store must do to be measured. One module per contender exports `open(url)`; it is loaded in a process of its own, on an
 * empty database of its own. Streams are numbers; the contender names them as its store likes best.
 *
 * @typedef {import('../harness/order-event.js').OrderEvent} OrderEvent
 *
 * @typedef {object} Row one event of a bulk insert
 * @property {number} stream
 * @property {number} revision the event's own revision, from 1
 * @property {OrderEvent} event
 *
 * @typedef {object} CatchUp
 * @property {number} [batchSize] events per batch; undefined: the store's own default, with all its other defaults
 * @property {number} timeLimitMs the reader is stopped then, wherever it is
 *
 * @typedef {object} Contender
 * @property {(stream: number, revision: number, events: readonly OrderEvent[]) => Promise<void>} append
 *   Appends, expecting the stream at `revision` (0: no stream). Resolves when durable, rejects on every refusal.
 * @property {(stream: number, event: OrderEvent) => Promise<void>} [appendAny]
 *   Appends without expecting anything.
 * @property {(stream: number, event: OrderEvent) => Promise<boolean>} [tryChange]
 *   Reads the stream's revision and appends, expecting it. Gives false when another was faster.
 * @property {(stream: number, event: OrderEvent) => Promise<void>} [change]
 *   The same, in the store's own way, until the event is in.
 * @property {(stream: number, events: number) => Promise<void>} [fill]
 *   Makes an aggregate of so many events, with a snapshot of it, if it has that many.
 * @property {(stream: number, commands: number) => Promise<number>} [statementsOf]
 *   Runs commands on an aggregate that is in use, one event each, and counts the statements sent to the database.
 * @property {(connection: number, rows: readonly Row[]) => Promise<void>} [bulk]
 *   Inserts rows in one statement on the numbered connection (from 0).
 * @property {(stream: number) => Promise<number>} [rehydrate]
 *   Reads a whole stream and folds it: touches the data of every event. Gives the number of events.
 * @property {(options: CatchUp, handled: (events: number) => void) => Promise<void>} [catchUp]
 *   Reads everything stored from the beginning, as a new durable consumer with a checkpoint per batch. Calls `handled` after each.
 * @property {(handle: (data: Record<string, unknown>) => void) => Promise<() => Promise<void>>} [follow]
 *   Hands over every event appended from now on, as a durable consumer would. Resolves when it listens, to a function that stops it.
 * @property {() => Promise<{ stored: number, gaps: number }>} audit
 *   Counts in the database what is stored, and the streams whose revisions are not 1, 2, 3, …
 * @property {() => Promise<void>} close
 */
export {};
