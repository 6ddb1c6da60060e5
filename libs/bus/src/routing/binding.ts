import { encodeHeaders } from './encode-headers.js';
import { headersMatcher } from './headers-match.js';
import type { HeaderTable } from './headers-match.js';
import { InvalidBinding } from './invalid-binding.js';
import { shortTextFaults } from './name-faults.js';

/** Where a binding leads. */
export interface Destination {
  readonly kind: 'queue' | 'exchange';
  readonly name: string;
}

/** What leads from an exchange to a queue or another exchange. */
export interface Binding {
  /** The exchange it leads from. */
  readonly source: string;
  readonly destination: Destination;
  /** A key for direct exchanges, a pattern for topic exchanges; others ignore it. */
  readonly routingKey: string;
  /** What a headers exchange matches by. */
  readonly arguments: HeaderTable;
}

/** A binding to be made: from an exchange to either a queue or another exchange. */
export type NewBinding = {
  /** The exchange it leads from. */
  readonly exchange: string;
  /** @default '' */
  readonly routingKey?: string;
  /** @default none */
  readonly arguments?: HeaderTable;
} & ({ readonly queue: string; readonly toExchange?: never } | { readonly toExchange: string; readonly queue?: never });

/** A pattern of so many words is beyond any use, and would only cost. */
const MOST_WORDS = 128;

/** @throws InvalidBinding (`BUS_INVALID_BINDING`) */
export function resolveBinding({ exchange, queue, toExchange, routingKey = '', ...rest }: NewBinding): Binding {
  const table = rest.arguments ?? {};
  const [fault] = [
    ...shortTextFaults('its routing key', routingKey),
    ...(typeof exchange === 'string' ? [] : ['it leads from no exchange']),
    ...((queue === undefined) === (toExchange === undefined) ? ['it must lead to either a queue or an exchange'] : []),
  ];
  if (fault !== undefined) throw new InvalidBinding(fault);
  if (routingKey.split('.').length > MOST_WORDS)
    throw new InvalidBinding(`its pattern has more than ${MOST_WORDS} words`);
  // Whether they can be, and can be stored, is known before anything is written.
  headersMatcher(table);
  encodeHeaders(table, (message) => new InvalidBinding(message));
  const destination: Destination =
    queue === undefined ? { kind: 'exchange', name: toExchange } : { kind: 'queue', name: queue };
  return { source: exchange, destination, routingKey, arguments: table };
}
