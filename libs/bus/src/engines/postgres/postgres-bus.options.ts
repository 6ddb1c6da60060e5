/** How a bus in Postgres is reached and how it behaves. */
export interface PostgresBusOptions {
  /** `postgres://user:password@host:port/database` */
  readonly connectionString: string;
  /** Schema of Annals' tables: lower-case letters, digits and underscores. @default 'annals' */
  readonly schema?: string;
  /** Connections at the most. @default 10 */
  readonly maxConnections?: number;
  /** Milliseconds to wait for a connection. @default 10000 */
  readonly connectTimeoutMs?: number;
  /** Milliseconds a batch waits for its partitions before it goes on with those that are free. @default 500 */
  readonly lockWaitMs?: number;
  /** Bytes of the table that the messages of queues are written to, at which another takes its turn, and what is over goes. @default 33554432 (32 MiB) */
  readonly messageTableBytes?: number;
  /** Keep statements prepared; false behind pgbouncer in transaction mode before 1.21. @default true */
  readonly prepare?: boolean;
  /** Listen for other processes; false behind pgbouncer in transaction mode, where polling has to do. @default true */
  readonly listen?: boolean;
  /** Shown in `pg_stat_activity`. @default 'annals bus' */
  readonly applicationName?: string;
}

const DEFAULTS = {
  schema: 'annals',
  maxConnections: 10,
  connectTimeoutMs: 10_000,
  lockWaitMs: 500,
  messageTableBytes: 32 * 1024 * 1024,
  prepare: true,
  listen: true,
  applicationName: 'annals bus',
} satisfies Required<Omit<PostgresBusOptions, 'connectionString'>>;

const LEAST = { maxConnections: 2, connectTimeoutMs: 1, lockWaitMs: 1, messageTableBytes: 8_192 } as const;

/** The options with their defaults. @throws RangeError naming every fault at once */
export function resolvePostgresBusOptions(given: PostgresBusOptions): Required<PostgresBusOptions> {
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const options = { ...DEFAULTS, ...(set as unknown as PostgresBusOptions) };
  const faults = Object.entries(LEAST)
    .filter(([name, least]) => {
      const value = options[name as keyof typeof LEAST];
      return !Number.isSafeInteger(value) || value < least;
    })
    .map(([name, least]) => `${name} must be a whole number from ${least} on`);
  if (!/^[a-z_][a-z0-9_]{0,47}$/.test(options.schema)) {
    faults.push('schema must be lower-case letters, digits and underscores');
  }
  if (options.connectionString === '') faults.push('connectionString must name a database');
  if (faults.length > 0) throw new RangeError(`PostgresBusOptions: ${faults.join('; ')}`);
  return options;
}
