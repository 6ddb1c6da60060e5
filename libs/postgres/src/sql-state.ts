/** What the driver threw, where TypeORM has wrapped it. */
const thrownByDriver = (error: unknown): unknown =>
  error instanceof Error && 'driverError' in error ? error.driverError : error;

/** The SQLSTATE of an error that the server reported, also through TypeORM, or undefined for any other error. */
export function sqlState(thrown: unknown): string | undefined {
  const error = thrownByDriver(thrown);
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  return 'severity' in error && /^[0-9A-Z]{5}$/.test(error.code) ? error.code : undefined;
}

const ENDED = ['25P03', '25P04', '57P01', '57P02', '57P03', '57P05', '53300'];

/**
 * Whether an error, also one that TypeORM has wrapped, says that the connection is gone or was refused, so that the outcome of what was
 * sent is unknown: a fault of the socket, classes 08 and 58, a terminated session, a server that shuts down, starts up or is full.
 */
export function isConnectionLoss(thrown: unknown): boolean {
  const error = thrownByDriver(thrown);
  const state = sqlState(error);
  // 08P01 is a message that the server did not understand, over a connection that is well.
  if (state !== undefined) return (state.startsWith('08') && state !== '08P01') || ENDED.includes(state);
  if (!(error instanceof Error)) return false;
  if ('code' in error && typeof error.code === 'string' && /^(E[A-Z]+|ERR_STREAM_.*)$/.test(error.code)) return true;
  return /^(Connection terminated|Client has encountered a connection error|Client was closed|timeout exceeded when trying to connect|timeout expired)/.test(
    error.message,
  );
}
