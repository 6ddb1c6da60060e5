import type { Binding, Destination } from './binding.js';
import type { Exchange } from './exchange.js';
import { headersMatcher } from './headers-match.js';
import type { HeaderTable } from './headers-match.js';
import { TopicTrie } from './topic-trie.js';

/** Calls `found` with the destination of each binding that matches a message; of several to one place, perhaps more than once. */
type Matcher = (keys: readonly string[], headers: HeaderTable, found: (destination: Destination) => void) => void;

/** One exchange and where it leads, compiled when the first message comes. */
export class ExchangeRoutes {
  #matcher: Matcher | undefined;

  constructor(
    readonly exchange: Exchange,
    readonly bindings: readonly Binding[] = [],
  ) {}

  match(keys: readonly string[], headers: HeaderTable, found: (destination: Destination) => void): void {
    this.#matcher ??= COMPILERS[this.exchange.config.type](this.bindings);
    this.#matcher(keys, headers, found);
  }
}

const COMPILERS: Readonly<Record<Exchange['config']['type'], (bindings: readonly Binding[]) => Matcher>> = {
  direct(bindings) {
    const byKey = new Map<string, Destination[]>();
    for (const { routingKey, destination } of bindings) {
      const destinations = byKey.get(routingKey);
      if (destinations === undefined) byKey.set(routingKey, [destination]);
      else destinations.push(destination);
    }
    return (keys, _, found) => {
      for (const key of keys) for (const destination of byKey.get(key) ?? []) found(destination);
    };
  },
  fanout(bindings) {
    return (_, __, found) => {
      for (const { destination } of bindings) found(destination);
    };
  },
  topic(bindings) {
    const trie = new TopicTrie<Destination>();
    for (const { routingKey, destination } of bindings) trie.add(routingKey, destination);
    return (keys, _, found) => {
      for (const key of keys) trie.match(key, found);
    };
  },
  headers(bindings) {
    const matchers = bindings.map((binding) => [headersMatcher(binding.arguments), binding.destination] as const);
    return (_, headers, found) => {
      for (const [matches, destination] of matchers) if (matches(headers)) found(destination);
    };
  },
};
