import { statements } from '@annals/postgres';
import type { Database, Queries, WakeUps } from '@annals/postgres';
import { decodeHeaders, encodeHeaders } from '../../routing/encode-headers.js';
import type { Binding, Destination } from '../../routing/binding.js';
import type { Exchange, ExchangeConfig } from '../../routing/exchange.js';
import { InvalidBinding } from '../../routing/invalid-binding.js';
import type { TopologyChange } from '../../routing/topology.js';
import { TopologyStore } from '../../routing/topology-store.js';
import type { TopologyRows } from '../../routing/topology-store.js';
import type { Queue, QueueConfig, QueueState } from '../../queues/queue.js';
import { stateOf } from './lane-state.js';
import type { LaneColumns } from './lane-state.js';

type BindingColumns = readonly [string, boolean, string, string, string];
type ExchangeColumns = readonly [name: string, config: string, version: number];
type QueueColumns = readonly [number, string, string, string | null, boolean, number[]];

const SUBJECT = 'topology';

const NAMES = [
  'add-binding',
  'add-exchange',
  'add-lanes',
  'add-queue',
  'bindings-from',
  'bindings-to',
  'change-exchange',
  'change-topology',
  'count-consumers',
  'is-unused',
  'lane-states',
  'list-bindings',
  'list-exchanges',
  'list-queues',
  'lock-queue',
  'lock-topology',
  'remove-binding',
  'remove-bindings-to',
  'remove-claims',
  'remove-exchange',
  'remove-queue',
  'topology-version',
  'touch-queue',
] as const;

type Sql = ReturnType<typeof statements<(typeof NAMES)[number]>>;

/** Exchanges, bindings and queues in Postgres. */
export class PostgresTopologyStore extends TopologyStore {
  readonly #sql: Sql;

  constructor(
    private readonly database: Database,
    schema: string,
    private readonly wakeUps: WakeUps,
  ) {
    super();
    this.#sql = statements(import.meta.url, schema, NAMES);
  }

  override async readTopology(since: number): Promise<TopologyChange | undefined> {
    // The version first: what is read later may be newer than it, and is then read again.
    const [row] = await this.database.query<readonly [number]>(this.#sql['topology-version']);
    const version = row?.[0] ?? 0;
    if (version === since) return undefined;
    const exchanges = await this.database.query<ExchangeColumns>(this.#sql['list-exchanges'], [null]);
    const queues = await this.database.query<QueueColumns>(this.#sql['list-queues'], [null]);
    const bindings = await this.database.query<BindingColumns>(this.#sql['list-bindings'], [since]);
    return {
      version,
      exchanges: exchanges.map((columns) => ({ exchange: toExchange(columns), version: columns[2] })),
      queues: queues.map(toQueue),
      bindings: bindings.map(toBinding),
    };
  }

  override async changeTopology<Result>(change: (rows: TopologyRows) => Promise<Result>): Promise<Result> {
    const { result, hasChanged } = await this.database.transaction(async (connection) => {
      const [locked] = await connection.query<readonly [number]>(this.#sql['lock-topology']);
      const rows = new PostgresTopologyRows(connection, this.#sql, (locked?.[0] ?? 0) + 1);
      const made = await change(rows);
      return { result: made, hasChanged: await rows.finish() };
    });
    if (hasChanged) this.wakeUps.announce(SUBJECT);
    return result;
  }

  override onTopology(wake: () => void): () => void {
    return this.wakeUps.onWake(wake, SUBJECT);
  }
}

/** Within one transaction that has the topology locked. */
class PostgresTopologyRows implements TopologyRows {
  readonly #changedExchanges = new Set<string>();
  #changed = false;

  constructor(
    private readonly connection: Queries,
    private readonly sql: Sql,
    private readonly version: number,
  ) {}

  async findExchange(name: string): Promise<Exchange | undefined> {
    const [row] = await this.connection.query<ExchangeColumns>(this.sql['list-exchanges'], [name]);
    return row && toExchange(row);
  }

  async findQueue(name: string): Promise<Queue | undefined> {
    const [row] = await this.connection.query<QueueColumns>(this.sql['list-queues'], [name]);
    return row && toQueue(row);
  }

  async bindingsFrom(exchange: string): Promise<readonly Binding[]> {
    return (await this.connection.query<BindingColumns>(this.sql['bindings-from'], [exchange])).map(toBinding);
  }

  async bindingsTo({ kind, name }: Destination): Promise<readonly Binding[]> {
    const values = [kind === 'exchange', name];
    return (await this.connection.query<BindingColumns>(this.sql['bindings-to'], values)).map(toBinding);
  }

  async addExchange({ name, config }: Exchange): Promise<void> {
    this.#changed = true;
    await this.connection.query(this.sql['add-exchange'], [name, JSON.stringify(config), this.version]);
  }

  async removeExchange(name: string): Promise<void> {
    await this.#removeBindingsTo(true, name);
    await this.connection.query(this.sql['remove-exchange'], [name]);
  }

  async addQueue(name: string, config: QueueConfig, owner: string | null): Promise<Queue> {
    this.#changed = true;
    const expires = config.messageTtlMs !== null;
    const values = [name, JSON.stringify(config), config.singleActiveConsumer, owner, expires];
    const [row] = await this.connection.query<readonly [number]>(this.sql['add-queue'], values);
    const id = row?.[0] ?? 0;
    const lanes = await this.connection.query<readonly [number]>(this.sql['add-lanes'], [id, config.maxPriority]);
    return { id, name, config, owner, expires, lanes: lanes.map(([lane], priority) => ({ id: lane, priority })) };
  }

  async removeQueue({ id, name, lanes }: Queue): Promise<void> {
    await this.#removeBindingsTo(false, name);
    await this.connection.query(this.sql['lock-queue'], [id]);
    await this.connection.query(this.sql['remove-claims'], [lanes.map((lane) => lane.id)]);
    await this.connection.query(this.sql['remove-queue'], [id]);
  }

  async addBinding(binding: Binding): Promise<void> {
    const added = await this.connection.query(this.sql['add-binding'], toColumns(binding));
    if (added.length > 0) this.#changeFrom(binding.source);
  }

  async removeBinding(binding: Binding): Promise<void> {
    await this.connection.query(this.sql['remove-binding'], toColumns(binding));
    this.#changeFrom(binding.source);
  }

  async touchQueue({ id }: Queue): Promise<void> {
    await this.connection.query(this.sql['touch-queue'], [id]);
  }

  async stateOf({ id, lanes }: Queue): Promise<QueueState> {
    const states = await this.connection.query<LaneColumns>(this.sql['lane-states'], [lanes.map((lane) => lane.id)]);
    const [consumers] = await this.connection.query<readonly [number]>(this.sql['count-consumers'], [id]);
    return stateOf(states, consumers?.[0] ?? 0);
  }

  async isUnused({ id }: Queue): Promise<boolean> {
    const [row] = await this.connection.query<readonly [boolean]>(this.sql['is-unused'], [id]);
    return row?.[0] ?? false;
  }

  /** Gives what has changed the next version. @returns whether anything has */
  async finish(): Promise<boolean> {
    if (!this.#changed) return false;
    await this.connection.query(this.sql['change-exchange'], [[...this.#changedExchanges], this.version]);
    await this.connection.query(this.sql['change-topology'], [this.version]);
    return true;
  }

  async #removeBindingsTo(toExchange: boolean, name: string): Promise<void> {
    this.#changed = true;
    const values = [toExchange, name];
    for (const [source] of await this.connection.query<readonly [string]>(this.sql['remove-bindings-to'], values)) {
      this.#changeFrom(source);
    }
  }

  #changeFrom(exchange: string): void {
    this.#changed = true;
    this.#changedExchanges.add(exchange);
  }
}

const toExchange = ([name, config]: ExchangeColumns): Exchange => ({
  name,
  config: JSON.parse(config) as ExchangeConfig,
});

const toQueue = ([id, name, config, owner, expires, lanes]: QueueColumns): Queue => ({
  id,
  name,
  config: JSON.parse(config) as QueueConfig,
  owner,
  expires,
  lanes: lanes.map((lane, priority) => ({ id: lane, priority })),
});

const toBinding = ([source, toExchangeOne, name, routingKey, table]: BindingColumns): Binding => ({
  source,
  destination: { kind: toExchangeOne ? 'exchange' : 'queue', name },
  routingKey,
  arguments: decodeHeaders(table),
});

const toColumns = ({ source, destination, routingKey, arguments: table }: Binding): readonly unknown[] => {
  const sorted = Object.fromEntries(Object.entries(table).sort(([one], [other]) => (one < other ? -1 : 1)));
  const text = encodeHeaders(sorted, (fault) => new InvalidBinding(fault));
  return [source, destination.kind === 'exchange', destination.name, routingKey, text];
};
