import { describe, expect, it } from 'vitest';
import type { GroupCommit } from './group-commit.js';
import type { Request } from './testing/scripted-commit.js';
import { Failure, request, scripted, turn } from './testing/scripted-commit.js';

describe('GroupCommit', () => {
  it('gathers what one turn of the event loop brings, and gives each its own outcome', async () => {
    const { group, call, calls } = scripted();
    const outcomes = Promise.all([1, 2, 3].map((id) => group.submit(request(id))));
    (await call(0)).answer('a', 'b', 'c');
    expect(await outcomes).toEqual(['a', 'b', 'c']);
    expect(calls.map(({ ids }) => ids)).toEqual([[1, 2, 3]]);
    expect(calls[0]?.attempt).toEqual({ lane: 0, repeat: false, skipLocked: false });
  });

  it('makes what arrives while a batch is in flight the next batch', async () => {
    const { group, call, calls } = scripted();
    const first = group.submit(request(1));
    await call(0);
    const others = [2, 3].map((id) => group.submit(request(id, id)));
    await turn();
    expect(calls).toHaveLength(1);
    expect(group.waiting).toBe(2);
    calls[0]?.answer();
    (await call(1)).answer();
    expect(await Promise.all([first, ...others])).toEqual(['done 1', 'done 2', 'done 3']);
    expect(calls.map(({ ids }) => ids)).toEqual([[1], [2, 3]]);
  });

  it('keeps a batch within its weight, and sends what is too heavy alone', async () => {
    const { group, call, calls } = scripted({ maxWeight: 10, weightOf: ({ id }) => id });
    const outcomes = Promise.all([4, 6, 1, 12, 3].map((id) => group.submit(request(id))));
    for (let index = 0; index < 4; index += 1) (await call(index)).answer();
    await outcomes;
    expect(calls.map(({ ids }) => ids)).toEqual([[4, 6], [1], [12], [3]]);
  });

  it('rejects the request whose statement fails, and that one alone', async () => {
    const { group, call, calls } = scripted();
    const outcomes = Promise.allSettled([1, 2, 3, 4].map((id) => group.submit(request(id))));
    (await call(0)).fail('statement');
    (await call(1)).answer();
    (await call(2)).fail('statement');
    (await call(3)).fail('statement');
    (await call(4)).answer();
    expect((await outcomes).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(calls.map(({ ids }) => ids)).toEqual([[1, 2, 3, 4], [1, 2], [3, 4], [3], [4]]);
  });

  it('rejects requests that commit gave no outcome for', async () => {
    const { group, call } = scripted();
    const outcomes = Promise.allSettled([group.submit(request(1)), group.submit(request(2))]);
    (await call(0)).answer('only one');
    expect((await outcomes).map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  });

  describe('after a lost connection', () => {
    it('repeats the whole batch and says so', async () => {
      const { group, call, calls, slept } = scripted();
      const outcomes = Promise.all([group.submit(request(1)), group.submit(request(2))]);
      (await call(0)).fail('connection-lost');
      (await call(1)).fail('connection-lost');
      (await call(2)).answer();
      expect(await outcomes).toEqual(['done 1', 'done 2']);
      expect(calls.map(({ ids, attempt }) => [ids, attempt.repeat])).toEqual([
        [[1, 2], false],
        [[1, 2], true],
        [[1, 2], true],
      ]);
      expect(slept).toEqual([10, 20]);
    });

    it('still says so in the halves of a batch whose statement then fails', async () => {
      const { group, call } = scripted();
      const outcomes = Promise.allSettled([group.submit(request(1)), group.submit(request(2))]);
      (await call(0)).fail('connection-lost');
      (await call(1)).fail('statement');
      const half = await call(2);
      expect(half.attempt.repeat).toBe(true);
      half.fail('statement');
      (await call(3)).answer();
      expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    });

    it('gives up in time, also what waited behind it', async () => {
      const { group, calls } = scripted({
        giveUpAfterMs: 1_000,
        commit: () => Promise.reject(new Failure('connection-lost')),
      });
      const first = group.submit(request(1)).catch((error: unknown) => error);
      await turn();
      const second = group.submit(request(2)).catch((error: unknown) => error);
      const gone = expect.objectContaining({ code: 'LOG_UNAVAILABLE', retryable: true, cause: expect.any(Failure) });
      expect(await first).toEqual(gone);
      expect(await second).toEqual(gone);
      expect(calls).toEqual([]);
    });

    it('tries a later request afresh', async () => {
      let down = true;
      const { group } = scripted({
        giveUpAfterMs: 100,
        commit: (batch) =>
          down ? Promise.reject(new Failure('connection-lost')) : Promise.resolve(batch.map(() => 'up')),
      });
      await expect(group.submit(request(1))).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
      down = false;
      expect(await group.submit(request(2))).toBe('up');
    });
  });

  describe('when a place is locked by another', () => {
    it('goes on with the free places, and waits for the locked one apart', async () => {
      const { group, call } = scripted();
      const stuck = group.submit(request(1, 7));
      const free = group.submit(request(2, 3));
      (await call(0)).fail('locked');
      const skipping = await call(1);
      expect(skipping.attempt).toEqual({ lane: 0, repeat: false, skipLocked: true });
      skipping.answer('locked', 'ok');
      expect(await free).toBe('ok');
      const apart = await call(2);
      expect([apart.ids, apart.attempt]).toEqual([[1], { lane: 2, repeat: false, skipLocked: false }]);
      const later = group.submit(request(3, 3));
      const goingOn = await call(3);
      expect([goingOn.ids, goingOn.attempt.lane]).toEqual([[3], 0]);
      goingOn.answer();
      expect(await later).toBe('done 3');
      apart.answer();
      expect(await stuck).toBe('done 1');
    });

    it('lets no later request for that place pass', async () => {
      const { group, call, calls } = scripted();
      const first = group.submit(request(1, 7));
      (await call(0)).fail('locked');
      const retry = await call(1);
      const second = group.submit(request(2, 7));
      const both = group.submit(request(3, 7, 8));
      const behindBoth = group.submit(request(4, 8));
      await turn();
      await turn();
      expect(calls).toHaveLength(2);
      retry.answer();
      (await call(2)).answer();
      await Promise.all([first, second, both, behindBoth]);
      expect(calls.map(({ ids }) => ids)).toEqual([[1], [1], [2, 3, 4]]);
    });

    it('tries the places that are waited for in turns, and gives up in time', async () => {
      const { group, call, calls } = scripted({ giveUpAfterMs: 60 });
      const one = group.submit(request(1, 1)).catch((error: unknown) => error);
      (await call(0)).fail('locked');
      (await call(1)).fail('locked');
      const other = group.submit(request(2, 2));
      (await call(2)).fail('locked');
      for (let index = 3; calls.length < 12; index += 1) {
        const retry = await call(index);
        if (retry.ids.includes(2)) {
          retry.answer();
          break;
        }
        retry.fail('locked');
      }
      expect(await other).toBe('done 2');
      for (let index = 4; index < calls.length + 1; index += 1) {
        const settled = await Promise.race([one, turn().then(turn).then(turn)]);
        if (settled !== undefined) break;
        (await call(index)).fail('locked');
      }
      expect(await one).toMatchObject({ code: 'LOG_UNAVAILABLE', message: expect.stringContaining('Not appended') });
    });
  });

  describe('with several lanes', () => {
    const many = (group: GroupCommit<Request, string>, from: number, howMany: number) =>
      Array.from({ length: howMany }, (_, index) => group.submit(request(from + index, index % 16)));

    it('uses one while few wait, and splits by place when many do', async () => {
      const { group, call, calls } = scripted({ splitAbove: 20 });
      const few = many(group, 0, 20);
      (await call(0)).answer();
      await Promise.all(few);
      const lot = many(group, 100, 21);
      const [even, odd] = [await call(1), await call(2)];
      expect(even.ids.every((id) => id % 2 === 0)).toBe(true);
      expect(odd.ids.every((id) => id % 2 === 1)).toBe(true);
      expect([even.attempt.lane, odd.attempt.lane]).toEqual([0, 1]);
      even.answer();
      odd.answer();
      await Promise.all(lot);
      expect(calls).toHaveLength(3);
    });

    it('waits with a request for several places until all lanes are free, and lets none behind it pass', async () => {
      const { group, call, calls } = scripted({ splitAbove: 1 });
      const all = [request(0, 0), request(1, 1), request(2, 2), request(3, 0, 1), request(4, 0), request(5, 1)].map(
        (each) => group.submit(each),
      );
      const [even, odd] = [await call(0), await call(1)];
      expect([even.ids, odd.ids]).toEqual([[0, 2], [1]]);
      odd.answer();
      await turn();
      await turn();
      expect(calls).toHaveLength(2);
      even.answer();
      const whole = await call(2);
      expect(whole.ids).toEqual([3, 4, 5]);
      whole.answer();
      await Promise.all(all);
    });
  });

  describe('stop', () => {
    it('waits for all it took, refuses more, and may come twice or first', async () => {
      const { group, call } = scripted();
      const last = group.submit(request(1));
      let stopped = false;
      const stopping = Promise.all([group.stop(), group.stop()]).then(() => (stopped = true));
      await expect(group.submit(request(2))).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
      const commit = await call(0);
      expect(stopped).toBe(false);
      commit.answer();
      expect(await last).toBe('done 1');
      await stopping;
      await scripted().group.stop();
    });
  });

  it('names every option at fault', () => {
    expect(() => scripted({ lanes: 0, maxWeight: 1.5, splitAbove: -1, giveUpAfterMs: NaN })).toThrow(
      /maxWeight is 1.5; lanes is 0.*splitAbove is -1.*giveUpAfterMs is NaN/,
    );
  });
});
