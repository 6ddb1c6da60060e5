import { messageOf } from '@annals/message';
/** How exchanges and queues behave in this process. */
export interface QueuesOptions {
  /** Bytes of the body of a message. @default 1048576 (1 MiB) */
  readonly maxMessageBytes?: number;
  /** Bytes that may wait to be stored; beyond, `publish` waits (publisher flow control). @default 33554432 (32 MiB) */
  readonly bufferBytes?: number;
  /** Milliseconds for which `publish` waits for room. @default 60000 */
  readonly maxBlockMs?: number;
  /** Milliseconds after which a message that cannot be stored is given up. @default 120000 */
  readonly deliveryTimeoutMs?: number;
  /** Milliseconds between signs of life of a process that consumes. @default 2000 */
  readonly heartbeatMs?: number;
  /** Milliseconds of silence after which what a process has is given back, by the database's clock. @default 8000 */
  readonly sessionMs?: number;
  /** Milliseconds between looks for what has expired, is due, or belonged to a dead process. @default 250 */
  readonly sweepMs?: number;
  /** Milliseconds after which a request is given up. @default 30000 */
  readonly requestTimeoutMs?: number;
  /** Is told of what goes wrong in the background. Must not throw. @default a warning of the process */
  readonly onError?: (error: unknown, where: string) => void;
}

export type ResolvedQueuesOptions = Required<QueuesOptions>;

const DEFAULTS: ResolvedQueuesOptions = {
  maxMessageBytes: 1024 * 1024,
  bufferBytes: 32 * 1024 * 1024,
  maxBlockMs: 60_000,
  deliveryTimeoutMs: 120_000,
  heartbeatMs: 2_000,
  sessionMs: 8_000,
  sweepMs: 250,
  requestTimeoutMs: 30_000,
  onError: (error, where) => process.emitWarning(`${where}: ${messageOf(error)}`),
};

/** @throws RangeError naming every option at fault */
export function resolveQueuesOptions(given: QueuesOptions = {}): ResolvedQueuesOptions {
  const set = Object.fromEntries(Object.entries(given).filter(([, value]: [string, unknown]) => value !== undefined));
  const options: ResolvedQueuesOptions = { ...DEFAULTS, ...set };
  const faults = Object.entries(options)
    .filter(([name, value]) => name !== 'onError' && !(Number.isSafeInteger(value) && Number(value) >= 1))
    .map(([name]) => `${name} must be a whole number from 1 on`);
  if (options.heartbeatMs * 2 > options.sessionMs) faults.push('sessionMs must be twice heartbeatMs at least');
  if (faults.length > 0) throw new RangeError(`QueuesOptions: ${faults.join('; ')}`);
  return options;
}
