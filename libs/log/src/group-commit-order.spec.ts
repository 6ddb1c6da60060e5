import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attempt } from './committing/group-commit-options.js';
import type { Request } from './testing/scripted-commit.js';
import { Failure, scripted, turn } from './testing/scripted-commit.js';

const PLACES = 6;
const KEYS_PER_PLACE = 3;

/** A database of lanes: what a lane is given is carried out in order, each to its end, and fails by the roll of a dice. */
class Lanes {
  readonly stored: Request[] = [];
  private readonly inFlight = new Set<string>();
  private readonly lines = new Map<number, Promise<unknown>>();

  constructor(
    private readonly isPoisonous: (request: Request) => boolean,
    private readonly roll: () => number,
  ) {}

  readonly commit = async (batch: readonly Request[], attempt: Attempt): Promise<string[]> => {
    const { lane } = attempt;
    const keys = batch.flatMap((request) => request.keys);
    for (const key of keys) if (this.inFlight.has(key)) throw new Error(`${key} is in flight already`);
    for (const key of keys) this.inFlight.add(key);
    const before = this.lines.get(lane);
    const carriedOut = (async () => {
      await before?.catch(() => undefined);
      for (let turns = this.roll() % 3; turns > 0; turns -= 1) await turn();
      return this.carryOut(batch, attempt);
    })();
    this.lines.set(lane, carriedOut);
    try {
      return await carriedOut;
    } finally {
      for (const key of keys) this.inFlight.delete(key);
    }
  };

  private carryOut(batch: readonly Request[], { repeat, skipLocked }: Attempt): string[] {
    const touched = [...new Set(batch.flatMap(({ places }) => places))];
    const locked = new Set(touched.filter(() => this.roll() < 15));
    if (locked.size > 0 && !skipLocked) throw new Failure('locked');
    const isLocked = ({ places }: Request): boolean => places.some((place) => locked.has(place));
    const free = batch.filter((each) => !isLocked(each));
    if (free.some(this.isPoisonous)) throw new Failure('statement');
    const lost = this.roll() < 15;
    if (!lost || this.roll() < 50) {
      for (const each of free) {
        if (!this.stored.includes(each)) this.stored.push(each);
        else if (!repeat) throw new Error(`${each.id} is stored already`);
      }
    }
    if (lost) throw new Failure('connection-lost');
    return batch.map((each) => (isLocked(each) ? 'locked' : `done ${each.id}`));
  }
}

describe('GroupCommit', () => {
  it('settles each request once and keeps the order of each key, whatever fails', async () => {
    const key = fc.record({ place: fc.nat(PLACES - 1), key: fc.nat(KEYS_PER_PLACE - 1) });
    const arrival = fc.record({
      keys: fc.oneof(
        key.map((one) => [one]),
        fc.uniqueArray(key, { minLength: 2, maxLength: 3, selector: ({ place }) => place }),
      ),
      poisonous: fc.nat(12).map((chance) => chance === 0),
      pause: fc.nat(2),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(arrival, { minLength: 1, maxLength: 60 }),
        fc.infiniteStream(fc.nat(99)),
        fc.record({
          lanes: fc.integer({ min: 1, max: 3 }),
          maxWeight: fc.integer({ min: 1, max: 12 }),
          splitAbove: fc.constantFrom(3, 8, 1_000),
          followFrom: fc.integer({ min: 1, max: 4 }),
        }),
        async (arrivals, dice, options) => {
          const database = new Lanes(
            ({ id }) => arrivals[id]?.poisonous === true,
            () => dice.next().value as number,
          );
          const { group } = scripted({ ...options, commit: database.commit, giveUpAfterMs: Infinity });
          const outcomes: Promise<string>[] = [];
          for (const [id, { keys, pause }] of arrivals.entries()) {
            const places = keys.map(({ place }) => place).sort((one, other) => one - other);
            const outcome = group.submit({ id, places, keys: keys.map(({ place, key: name }) => `${place}/${name}`) });
            outcome.catch(() => undefined);
            outcomes.push(outcome);
            for (let turns = pause; turns > 0; turns -= 1) await turn();
          }
          const settled = await Promise.allSettled(outcomes);
          await group.stop();
          expect(group.waiting).toBe(0);
          settled.forEach((outcome, id) => {
            if (arrivals[id]?.poisonous)
              expect(outcome).toMatchObject({ status: 'rejected', reason: { kind: 'statement' } });
            else expect(outcome).toEqual({ status: 'fulfilled', value: `done ${id}` });
          });
          for (const name of new Set(database.stored.flatMap(({ keys }) => keys))) {
            const ids = database.stored.filter(({ keys }) => keys.includes(name)).map(({ id }) => id);
            expect(ids).toEqual([...ids].sort((one, other) => one - other));
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
