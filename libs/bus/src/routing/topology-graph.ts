import { inspect } from 'node:util';
import type { Binding } from './binding.js';
import type { HeaderValue } from './headers-match.js';
import type { Topology } from './topology.js';

/**
 * Exchanges, bindings and queues as a Mermaid flowchart: exchanges as circles, queues as boxes, bindings with their keys,
 * alternate and dead-letter ways dotted.
 */
export function topologyGraph(topology: Topology): string {
  const ids = new Map<string, string>();
  const idOf = (kind: string, name: string): string => {
    const key = `${kind} ${name}`;
    const id = ids.get(key) ?? `n${ids.size}`;
    ids.set(key, id);
    return id;
  };
  const used = new Set(
    topology.bindings.flatMap(({ source, destination }) => [
      source,
      destination.kind === 'exchange' ? destination.name : source,
    ]),
  );
  const exchanges = topology.exchanges.filter(({ name }) => !name.startsWith('amq.') || used.has(name));
  const queues = [...topology.queues.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
  const lines = [
    ...exchanges.map(({ name, config }) => `  ${idOf('exchange', name)}(("${quoted(name)}<br/>${config.type}"))`),
    ...queues.map(({ name }) => `  ${idOf('queue', name)}["${quoted(name)}"]`),
    ...topology.bindings.map(
      (binding) =>
        `  ${idOf('exchange', binding.source)} -->${labelOf(binding)} ${idOf(binding.destination.kind, binding.destination.name)}`,
    ),
  ];
  for (const { name, config } of exchanges) {
    if (config.alternateExchange !== null) {
      lines.push(`  ${idOf('exchange', name)} -.->|alternate| ${idOf('exchange', config.alternateExchange)}`);
    }
  }
  for (const { name, config } of queues) {
    const { deadLetterExchange, deadLetterRoutingKey } = config;
    if (deadLetterExchange === null) continue;
    const place =
      deadLetterExchange === '' ? idOf('queue', deadLetterRoutingKey ?? name) : idOf('exchange', deadLetterExchange);
    lines.push(`  ${idOf('queue', name)} -.->|dead letters| ${place}`);
  }
  return ['flowchart LR', ...lines].join('\n');
}

function labelOf({ routingKey, arguments: table }: Binding): string {
  const given = Object.entries(table).map(([name, value]) => `${name}=${shown(value)}`);
  const label = [routingKey, ...given].filter((part) => part !== '').join(', ');
  return label === '' ? '' : `|"${quoted(label)}"|`;
}

const shown = (value: HeaderValue): string =>
  typeof value === 'object' || typeof value === 'bigint' ? inspect(value) : String(value);

const quoted = (text: string): string => text.replaceAll('#', '#35;').replaceAll('"', '#quot;');
