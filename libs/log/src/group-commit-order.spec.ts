import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attempt } from './committing/group-commit-options.js';
import type { Request } from './testing/scripted-commit.js';
import { Failure, request, scripted, turn } from './testing/scripted-commit.js';

describe('GroupCommit', () => {
  it('settles each request once and keeps the order at each place, whatever fails', async () => {
    const arrival = fc.record({
      places: fc.oneof(
        fc.nat(5).map((place) => [place]),
        fc.uniqueArray(fc.nat(5), { minLength: 2, maxLength: 3 }).map((places) => places.sort()),
      ),
      poisonous: fc.nat(12).map((chance) => chance === 0),
      pause: fc.nat(2),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(arrival, { minLength: 1, maxLength: 60 }),
        fc.infiniteStream(fc.nat(99)),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 12 }),
        async (arrivals, dice, lanes, maxWeight) => {
          const roll = (): number => dice.next().value as number;
          const stored: Request[] = [];
          const inFlight = new Set<number>();
          const lanesBusy = new Set<number>();
          const commit = async (
            batch: readonly Request[],
            { lane, repeat, skipLocked }: Attempt,
          ): Promise<string[]> => {
            const touched = new Set(batch.flatMap(({ places }) => places));
            expect(lanesBusy.has(lane)).toBe(false);
            for (const place of touched) expect(inFlight.has(place)).toBe(false);
            lanesBusy.add(lane);
            touched.forEach((place) => inFlight.add(place));
            for (let turns = roll() % 3; turns > 0; turns -= 1) await turn();
            lanesBusy.delete(lane);
            touched.forEach((place) => inFlight.delete(place));
            const locked = new Set([...touched].filter(() => roll() < 15));
            if (locked.size > 0 && !skipLocked) throw new Failure('locked');
            const isLocked = ({ places }: Request): boolean => places.some((place) => locked.has(place));
            const free = batch.filter((each) => !isLocked(each));
            if (free.some(({ id }) => arrivals[id]?.poisonous)) throw new Failure('statement');
            const lost = roll() < 15;
            if (!lost || roll() < 50) {
              for (const each of free) {
                if (!stored.includes(each)) stored.push(each);
                else expect(repeat).toBe(true);
              }
            }
            if (lost) throw new Failure('connection-lost');
            return batch.map((each) => (isLocked(each) ? 'locked' : `done ${each.id}`));
          };
          const { group } = scripted({ commit, lanes, maxWeight, splitAbove: 3, giveUpAfterMs: Infinity });
          const outcomes: Promise<string>[] = [];
          for (const [id, { places, pause }] of arrivals.entries()) {
            const outcome = group.submit(request(id, ...places));
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
          for (let place = 0; place < 6; place += 1) {
            const ids = stored.filter(({ places }) => places.includes(place)).map(({ id }) => id);
            expect(ids).toEqual([...ids].sort((one, other) => one - other));
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
