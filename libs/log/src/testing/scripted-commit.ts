import type { Attempt, FailureKind, GroupCommitOptions } from '../committing/group-commit-options.js';
import { GroupCommit } from '../group-commit.js';

/** What the tests of GroupCommit commit. */
export interface Request {
  readonly id: number;
  readonly places: readonly number[];
  readonly keys: readonly string[];
}

/** An error of `commit` that says what it is. */
export class Failure extends Error {
  constructor(readonly kind: FailureKind) {
    super(kind);
  }
}

/** A request with a key of its own at each of its places. */
export const request = (id: number, ...places: number[]): Request => {
  const at = places.length === 0 ? [0] : places;
  return { id, places: at, keys: at.map((place) => `${place}/${id}`) };
};

/** One turn of the event loop. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** One call of a scripted commit. */
export interface Call {
  readonly ids: number[];
  readonly attempt: Attempt;
  /** Gives these outcomes; without any, `done <id>` for each request. */
  answer(...outcomes: string[]): void;
  fail(kind: FailureKind): void;
}

/** A GroupCommit, and what its commit was called with. */
export interface Scripted {
  readonly group: GroupCommit<Request, string>;
  readonly calls: readonly Call[];
  /** The call of that index, as soon as it is made. */
  readonly call: (index: number) => Promise<Call>;
  /** The waits between attempts, milliseconds. */
  readonly slept: readonly number[];
}

/** A commit that is answered by hand, on a clock that only its waits move. */
export function scripted(options: Partial<GroupCommitOptions<Request, string>> = {}): Scripted {
  const calls: Call[] = [];
  const slept: number[] = [];
  let time = 0;
  const group = new GroupCommit<Request, string>({
    commit: (batch, attempt) =>
      new Promise((resolve, reject) => {
        calls.push({
          ids: batch.map(({ id }) => id),
          attempt,
          answer: (...outcomes) => {
            resolve(outcomes.length > 0 ? outcomes : batch.map(({ id }) => `done ${id}`));
          },
          fail: (kind) => {
            reject(new Failure(kind));
          },
        });
      }),
    placesOf: ({ places }) => places,
    keysOf: ({ keys }) => keys,
    kindOf: (error) => (error as Failure).kind,
    isLocked: (outcome) => outcome === 'locked',
    now: () => time,
    sleep: async (ms) => {
      slept.push(ms);
      time += ms;
      await turn();
    },
    ...options,
  });
  const call = async (index: number): Promise<Call> => {
    for (let turns = 0; calls[index] === undefined && turns < 50; turns += 1) await turn();
    const made = calls[index];
    if (made === undefined) throw new Error(`commit was called ${calls.length} times only`);
    return made;
  };
  return { group, calls, call, slept };
}
