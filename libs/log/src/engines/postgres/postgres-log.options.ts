/** How the event log in Postgres is reached and how it behaves. */
export interface PostgresLogOptions {
  /** `postgres://user:password@host:port/database` */
  readonly connectionString: string;
  /** Schema of Annals' tables: lower-case letters, digits and underscores. @default 'annals' */
  readonly schema?: string;
  /** Partitions of the log, 1 to 1024; fixed when it is created. @default 16 */
  readonly partitions?: number;
  /** Connections at the most. @default 10 */
  readonly maxConnections?: number;
  /** Milliseconds to wait for a connection. @default 10000 */
  readonly connectTimeoutMs?: number;
  /** Milliseconds a batch waits for its partitions before it goes on with those that are free. @default 500 */
  readonly lockWaitMs?: number;
  /** Milliseconds a unit of work may hold partitions between its flush and its COMMIT before the server ends it. @default 5000 */
  readonly holdMs?: number;
  /** Milliseconds after which an append that cannot be carried out is given up. @default 30000 */
  readonly giveUpAfterMs?: number;
  /** Keep statements prepared; false behind pgbouncer in transaction mode before 1.21. @default true */
  readonly prepare?: boolean;
  /** Shown in `pg_stat_activity`. @default 'annals' */
  readonly applicationName?: string;
}

const DEFAULTS = {
  schema: 'annals',
  partitions: 16,
  maxConnections: 10,
  connectTimeoutMs: 10_000,
  lockWaitMs: 500,
  holdMs: 5_000,
  giveUpAfterMs: 30_000,
  prepare: true,
  applicationName: 'annals',
} satisfies Required<Omit<PostgresLogOptions, 'connectionString'>>;

export type ResolvedLogOptions = Required<PostgresLogOptions>;

const LEAST = {
  partitions: 1,
  maxConnections: 2,
  connectTimeoutMs: 1,
  lockWaitMs: 1,
  holdMs: 1,
  giveUpAfterMs: 1,
} as const;

/** The options with their defaults. @throws RangeError naming every fault at once */
export function resolveLogOptions(given: PostgresLogOptions): ResolvedLogOptions {
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  const options: ResolvedLogOptions = { ...DEFAULTS, ...(Object.fromEntries(set) as unknown as PostgresLogOptions) };
  const faults = Object.entries(LEAST)
    .filter(([key, least]) => {
      const value = options[key as keyof typeof LEAST];
      return !Number.isSafeInteger(value) || value < least;
    })
    .map(([key, least]) => `${key} must be a whole number from ${least} on`);
  if (options.partitions > 1024) faults.push('partitions must be at most 1024');
  if (!/^[a-z_][a-z0-9_]{0,47}$/.test(options.schema))
    faults.push('schema must be lower-case letters, digits and underscores');
  if (options.connectionString === '') faults.push('connectionString must name a database');
  if (faults.length > 0) throw new RangeError(`PostgresLogOptions: ${faults.join('; ')}`);
  return options;
}
