import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InMemoryGroupStore } from '../engines/in-memory/in-memory-group-store.js';
import { InMemoryTopicStore } from '../engines/in-memory/in-memory-topic-store.js';
import { resolveTopicConfig } from '../topics/topic.js';
import { assignors } from './assignors.js';
import { coordinate } from './coordinate.js';
import type { Beat } from './coordinate.js';
import type { AssignorName, GroupState } from './group-state.js';
import type { OwnedPartition } from './group-store.js';

const SESSION_MS = 100;
const PARTITIONS = 6;

const beatOf = (memberId: string, given: Partial<Beat> = {}): Beat => ({
  group: 'g',
  memberId,
  instanceId: null,
  topics: ['t'],
  assignor: 'cooperativeSticky',
  sessionMs: SESSION_MS,
  joins: false,
  released: [],
  ...given,
});

/** A member as a process plays it: it trusts its session, and lets go of what it is told to. */
class Player {
  owned: readonly OwnedPartition[] = [];
  lastBeat = Number.NEGATIVE_INFINITY;
  id: string;
  #joins = true;
  #released: OwnedPartition[] = [];
  #lives = 0;

  constructor(
    private readonly name: string,
    private readonly store: InMemoryGroupStore,
    private readonly assignor: AssignorName,
  ) {
    this.id = `${name}#0`;
  }

  /** What it believes to have at a time: nothing once its session is over. */
  believes(now: number): readonly OwnedPartition[] {
    return now - this.lastBeat > SESSION_MS ? [] : this.owned;
  }

  async beat(now: number): Promise<void> {
    const released = this.#released.splice(0);
    const given = { joins: this.#joins, released, assignor: this.assignor };
    try {
      const answer = await this.store.beat(beatOf(this.id, given));
      this.#joins = false;
      this.lastBeat = now;
      this.owned = answer.owned.filter(({ revoked }) => !revoked);
      this.#released = answer.owned.filter(({ revoked }) => revoked);
    } catch {
      this.owned = [];
      this.#joins = true;
      this.id = `${this.name}#${(this.#lives += 1)}`;
    }
  }
}

describe('coordinate', () => {
  const state: GroupState = {
    now: 1_000,
    epoch: 0,
    dealtFor: '',
    target: {},
    members: [],
    cursors: [],
    topics: [{ id: 1, name: 't', partitions: 2 }],
  };

  it('takes in the first member, makes all cursors and gives it all', () => {
    const decision = coordinate(state, beatOf('a', { joins: true }));
    expect(decision.create.map(({ partition, offset }) => [partition, offset])).toEqual([
      [0, null],
      [1, null],
    ]);
    expect(decision.claim).toHaveLength(2);
    expect(decision.deal?.epoch).toBe(1);
    expect(decision.expiresInMs).toBe(Number.POSITIVE_INFINITY);
  });

  it('says when another member may turn out to be dead, so that nobody waits for a heartbeat more', () => {
    const other = { id: 'b', instanceId: null, topics: ['t'], assignor: 'sticky', sessionMs: 8_000 } as const;
    const decision = coordinate({ ...state, members: [{ ...other, seenAt: 400 }] }, beatOf('a', { joins: true }));
    expect(decision.expiresInMs).toBe(7_400);
    expect(decision.removed).toEqual([]);
    const later = coordinate(
      { ...state, now: 8_401, members: [{ ...other, seenAt: 400 }] },
      beatOf('a', { joins: true }),
    );
    expect(later.removed).toEqual(['b']);
  });

  it('refuses whoever it does not know, unless it joins', () => {
    expect(coordinate(state, beatOf('stranger'))).toMatchObject({ refusal: 'unknown-member', claim: [] });
  });

  it('never has two members believe in one partition, moves generations up only, and settles evenly', async () => {
    const step = fc.record({ player: fc.nat({ max: 3 }), passesMs: fc.nat({ max: 60 }) });
    const names = fc.constantFrom(...(Object.keys(assignors) as AssignorName[]));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 80 }), names, async (steps, assignor) => {
        let now = 0;
        const topics = new InMemoryTopicStore();
        await topics.create('t', resolveTopicConfig('t', { partitions: PARTITIONS }));
        const store = new InMemoryGroupStore(topics, () => now);
        const players = ['a', 'b', 'c', 'd'].map((name) => new Player(name, store, assignor));
        const generations = new Map<number, number>();
        const check = (): void => {
          const believed = players.flatMap((player) => player.believes(now));
          expect(new Set(believed.map(({ partition }) => partition)).size).toBe(believed.length);
          for (const { partition, generation } of believed) {
            expect(generation).toBeGreaterThanOrEqual(generations.get(partition) ?? 0);
            generations.set(partition, generation);
          }
        };
        for (const { player, passesMs } of steps) {
          now += passesMs;
          await players[player]?.beat(now);
          check();
        }
        for (let round = 0; round < 6; round += 1) {
          for (const player of players) {
            now += 1;
            await player.beat(now);
            check();
          }
        }
        const counts = players.map(({ owned }) => owned.length).sort();
        expect(counts).toEqual([1, 1, 2, 2]);
        const settled = players.map(({ owned }) => owned.map(({ partition, generation }) => [partition, generation]));
        for (const player of players) await player.beat(now);
        expect(players.map(({ owned }) => owned.map(({ partition, generation }) => [partition, generation]))).toEqual(
          settled,
        );
      }),
    );
  });
});
