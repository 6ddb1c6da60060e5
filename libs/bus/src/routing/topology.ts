import type { Queue } from '../queues/queue.js';
import type { Binding } from './binding.js';
import { DEFAULT_EXCHANGE, PREDECLARED } from './exchange.js';
import type { Exchange } from './exchange.js';
import { ExchangeRoutes } from './exchange-routes.js';
import type { HeaderTable } from './headers-match.js';

/** What has changed of exchanges, bindings and queues since a version. */
export interface TopologyChange {
  readonly version: number;
  /** All there are. */
  readonly queues: readonly Queue[];
  /** All there are, each with the version of its last change. */
  readonly exchanges: readonly { readonly exchange: Exchange; readonly version: number }[];
  /** All that lead from exchanges that have changed since. */
  readonly bindings: readonly Binding[];
}

/** How a message goes: by which keys, with which headers. */
export interface RoutingInput {
  readonly exchange: string;
  /** The routing key, and those of the headers CC and BCC. */
  readonly keys: readonly string[];
  readonly headers: HeaderTable;
}

/** All exchanges, bindings and queues as of one version, with the routes compiled. */
export class Topology {
  #version = -1;
  #queues = new Map<string, Queue>();
  #exchanges = new Map<string, ExchangeRoutes>();

  /** Of the newest change that is in it; -1 before the first. */
  get version(): number {
    return this.#version;
  }

  get queues(): ReadonlyMap<string, Queue> {
    return this.#queues;
  }

  /** All but the default exchange. */
  get exchanges(): readonly Exchange[] {
    return [...this.#exchanges.values()]
      .map(({ exchange }) => exchange)
      .filter(({ name }) => name !== DEFAULT_EXCHANGE);
  }

  get bindings(): readonly Binding[] {
    return [...this.#exchanges.values()].flatMap((routes) => routes.bindings);
  }

  exchange(name: string): Exchange | undefined {
    return this.#exchanges.get(name)?.exchange;
  }

  apply({ version, queues, exchanges, bindings }: TopologyChange): void {
    if (version <= this.#version) return;
    const known = this.#exchanges;
    this.#exchanges = new Map(
      PREDECLARED.map((exchange) => [exchange.name, known.get(exchange.name) ?? new ExchangeRoutes(exchange)]),
    );
    const bySource = grouped(bindings);
    for (const { exchange, version: changed } of exchanges) {
      const before = known.get(exchange.name);
      const routes =
        before === undefined || changed > this.#version
          ? new ExchangeRoutes(exchange, bySource.get(exchange.name) ?? [])
          : before;
      this.#exchanges.set(exchange.name, routes);
    }
    this.#queues = new Map(queues.map((queue) => [queue.name, queue]));
    this.#version = version;
  }

  /**
   * The queues that a message reaches, each once, however many bindings and ways lead there. Where an exchange finds nothing,
   * its alternate exchange is tried; each exchange is asked once, so cycles end (RabbitMQ).
   */
  route({ exchange, keys, headers }: RoutingInput): ReadonlySet<Queue> {
    const found = new Set<Queue>();
    if (exchange === DEFAULT_EXCHANGE) {
      for (const key of keys) this.#reach(key, found);
      return found;
    }
    const toAsk = [exchange];
    const asked = new Set(toAsk);
    for (let name = toAsk.pop(); name !== undefined; name = toAsk.pop()) {
      const routes = this.#exchanges.get(name);
      if (routes === undefined) continue;
      const exchanges: string[] = [];
      let matches = 0;
      routes.match(keys, headers, ({ kind, name: destination }) => {
        matches += 1;
        if (kind === 'queue') this.#reach(destination, found);
        else exchanges.push(destination);
      });
      const { alternateExchange } = routes.exchange.config;
      if (matches === 0 && alternateExchange !== null) exchanges.push(alternateExchange);
      for (const next of exchanges) {
        if (asked.has(next)) continue;
        asked.add(next);
        toAsk.push(next);
      }
    }
    return found;
  }

  #reach(name: string, found: Set<Queue>): void {
    const queue = this.#queues.get(name);
    if (queue !== undefined) found.add(queue);
  }
}

function grouped(bindings: readonly Binding[]): Map<string, Binding[]> {
  const groups = new Map<string, Binding[]>();
  for (const binding of bindings) {
    const group = groups.get(binding.source);
    if (group === undefined) groups.set(binding.source, [binding]);
    else group.push(binding);
  }
  return groups;
}
