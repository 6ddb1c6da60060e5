/** How an embedded PostgreSQL is run. A process that attaches to a running server takes it with the starter's settings. */
export interface EmbeddedPostgresOptions {
  /** Where data, log and locks are kept; made when missing. @default '.annals' in the working directory */
  readonly directory?: string;
  /** The database to connect to; created when missing. @default 'annals' */
  readonly database?: string;
  /** False turns fsync off: a crash of the machine may then corrupt the data. Only for data that are thrown away. @default true */
  readonly durable?: boolean;
  /** Removes the directory when the last user leaves, whoever began. @default false */
  readonly removeOnStop?: boolean;
  /** Further settings of PostgreSQL, by name, as in `{ max_connections: '200' }`. @default {} */
  readonly settings?: Readonly<Record<string, string>>;
  /** A folder with `bin`, `lib` and `share` of a PostgreSQL 14+, instead of the npm package's. @default the npm package */
  readonly programs?: string;
  /** How long a start may take in all, with waiting for other processes and recovery after a crash, in ms. @default 60000 */
  readonly startTimeoutMs?: number;
  /** How long the server may take for a fast shutdown before an immediate one is ordered, in ms. @default 30000 */
  readonly stopTimeoutMs?: number;
  /**
   * Lets go on SIGINT, SIGTERM and SIGHUP if nobody else in this process listens to the signal, then ends the process as
   * the signal would have. Where somebody listens, such as Nest's shutdown hooks, it is theirs to call `stop()` or to end
   * the process. @default true
   */
  readonly handleSignals?: boolean;
}

const DEFAULTS = {
  directory: '.annals',
  database: 'annals',
  durable: true,
  removeOnStop: false,
  settings: {},
  startTimeoutMs: 60_000,
  stopTimeoutMs: 30_000,
  handleSignals: true,
} satisfies EmbeddedPostgresOptions;

/** The options with their defaults. */
export type ResolvedOptions = Required<Omit<EmbeddedPostgresOptions, 'programs'>> &
  Pick<EmbeddedPostgresOptions, 'programs'>;

/**
 * Fills in the defaults and names every fault at once.
 *
 * @throws RangeError for an empty name or a time that is not positive
 */
export function resolveEmbeddedPostgresOptions(given: EmbeddedPostgresOptions = {}): ResolvedOptions {
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const options: ResolvedOptions = { ...DEFAULTS, ...set };
  const faults = [
    ...(['directory', 'database'] as const)
      .filter((name) => options[name].trim() === '' || options[name].includes('\0'))
      .map((name) => `${name} must be a name`),
    ...(['startTimeoutMs', 'stopTimeoutMs'] as const)
      .filter((name) => !(options[name] > 0))
      .map((name) => `${name} must be over 0`),
  ];
  if (faults.length > 0) throw new RangeError(`EmbeddedPostgresOptions: ${faults.join('; ')}`);
  return options;
}
