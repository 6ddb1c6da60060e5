import { describe, expect, it } from 'vitest';
import { request, scripted, turn } from './testing/scripted-commit.js';

describe('GroupCommit, while a batch is under way', () => {
  it('sends half of what comes at once, and the other half right behind it', async () => {
    const { group, call, calls } = scripted({ followFrom: 3 });
    const all = [0, 1, 2, 3, 4, 5, 6].map((id) => group.submit(request(id, id)));
    const [first, second] = [await call(0), await call(1)];
    expect([first.ids, second.ids]).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6],
    ]);
    expect([first.attempt.lane, second.attempt.lane]).toEqual([0, 0]);
    all.push(...[7, 8, 9].map((id) => group.submit(request(id, id))));
    await turn();
    expect(calls).toHaveLength(2);
    first.answer();
    expect((await call(2)).ids).toEqual([7, 8, 9]);
    second.answer();
    (await call(2)).answer();
    await Promise.all(all);
  });

  it('sends all of what comes at once for one key in one batch, since the second half could not follow', async () => {
    const { group, call, calls } = scripted({ followFrom: 3 });
    const all = [0, 1, 2, 3, 4, 5, 6, 7].map((id) => group.submit({ id, places: [0], keys: ['hot'] }));
    const first = await call(0);
    expect(first.ids).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    await turn();
    expect(calls).toHaveLength(1);
    first.answer();
    await Promise.all(all);
  });

  it('lets what has a key in common with it wait, and what has one in common with that', async () => {
    const { group, call } = scripted({ followFrom: 1 });
    const of = (id: number, ...keys: string[]) => group.submit({ id, places: [0], keys });
    const all = [of(0, 'a'), of(1, 'b')];
    const first = await call(0);
    all.push(of(2, 'b'));
    const second = await call(1);
    expect([first.ids, second.ids]).toEqual([[0], [1]]);
    first.answer();
    all.push(of(3, 'c', 'b'), of(4, 'c'), of(5, 'd'));
    const third = await call(2);
    expect(third.ids).toEqual([5]);
    second.answer();
    const fourth = await call(3);
    expect(fourth.ids).toEqual([2, 3, 4]);
    third.answer();
    fourth.answer();
    await Promise.all(all);
  });
});
