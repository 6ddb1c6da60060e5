import type { ProjectionStatus } from './projection-status.js';

/** What a projection may be and still be well. */
export interface HealthOptions {
  /** Events it may be behind, in all. @default any number */
  readonly maxLag?: number;
  /** Events it may have set aside. @default any number */
  readonly maxParked?: number;
}

/** Whether a projection is well, and what is wrong with it otherwise. */
export interface ProjectionHealth {
  readonly healthy: boolean;
  readonly state: ProjectionStatus['state'];
  readonly lag: number;
  readonly parked: number;
  readonly reason: string | undefined;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** Judges a projection by its status: one that failed, in whatever process, is not well; one that was told to pause is. */
export function healthOf(
  { state, lag, parked, failure, lastError }: ProjectionStatus,
  { maxLag = Infinity, maxParked = Infinity }: HealthOptions = {},
): ProjectionHealth {
  const [behind, aside] = [sum(lag), sum(parked)];
  const message = failure?.message ?? (lastError instanceof Error ? lastError.message : undefined);
  const reason =
    state === 'failed' || failure !== undefined
      ? (message ?? 'it has failed')
      : behind > maxLag
        ? `it is ${behind} events behind, ${maxLag} are allowed`
        : aside > maxParked
          ? `it has set ${aside} events aside, ${maxParked} are allowed`
          : undefined;
  return { healthy: reason === undefined, state, lag: behind, parked: aside, reason };
}
