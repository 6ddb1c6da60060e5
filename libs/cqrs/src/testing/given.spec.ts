import { DomainEvent } from '@annals/event-store';
import { IsPositive } from 'class-validator';
import { AssertionError } from 'node:assert';
import { describe, expect, it } from 'vitest';
import { Aggregate } from '../commanding/aggregate.js';
import { AggregateRoot } from '../commanding/aggregate-root.js';
import type { CategorisedDecider } from '../commanding/decider.js';
import { When } from '../commanding/when.js';
import { given } from './index.js';

@DomainEvent('given-spec.filled')
class Filled {
  @IsPositive()
  readonly litres: number;
  constructor(litres: number) {
    this.litres = litres;
  }
}

class Overflow extends Error {
  readonly code = 'TANK_OVERFLOW';
}

class TankBase extends AggregateRoot {
  protected content = 0;
  fill(litres: number): void {
    if (this.content + litres > 10) throw new Overflow('the tank holds 10 litres');
    if (litres !== 0) this.apply(new Filled(litres));
  }
  @When(Filled)
  protected whenFilled({ litres }: Filled): void {
    this.content += litres;
  }
}
@Aggregate('tank')
class Tank extends TankBase {}

/** Its state hides from the snapshot. */
@Aggregate({ category: 'tank', snapshot: { every: 5 } })
class Forgetful extends AggregateRoot {
  #content = 0;
  fill(litres: number): void {
    if (this.#content + litres > 10) throw new Overflow('the tank holds 10 litres');
    this.apply(new Filled(litres));
  }
  @When(Filled)
  protected whenFilled({ litres }: Filled): void {
    this.#content += litres;
  }
}
@Aggregate({ category: 'tank', snapshot: { every: 5 } })
class Remembering extends TankBase {}

const tank: CategorisedDecider<number, number, Filled> = {
  category: 'tank',
  snapshot: { every: 5 },
  initialState: () => 0,
  decide: (litres, content) => {
    if (content + litres > 10) throw new Overflow('the tank holds 10 litres');
    return litres === 0 ? [] : [new Filled(litres)];
  },
  evolve: (content, { litres }) => content + litres,
};

const failure = (specification: Promise<void>): Promise<unknown> =>
  specification.then(
    () => undefined,
    (error: unknown) => error,
  );

describe.each([
  ['an aggregate class', (...history: Filled[]) => given(Tank, ...history), (n: number) => (t: Tank) => t.fill(n)],
  [
    'one with snapshots',
    (...history: Filled[]) => given(Remembering, ...history),
    (n: number) => (t: Tank) => t.fill(n),
  ],
])('A specification of %s', (_, from, fill) => {
  const filled = (...litres: number[]) => from(...litres.map((each) => new Filled(each)));

  it('holds when what happens is what it says', async () => {
    const refusals = [undefined, Overflow, 'TANK_OVERFLOW', /10 litres/, (error: unknown) => error instanceof Overflow];
    const holding = [
      filled(3).when(fill(4)).thenEvents(new Filled(4)),
      filled()
        .when(fill(1))
        .when(fill(2))
        .thenEvents({ type: 'given-spec.filled', data: { litres: 2 } }),
      filled(3).when(fill(0)).thenNothing(),
      filled(3).when(fill(4)).thenState({ content: 7 }),
      ...refusals.map((by) => filled(3).when(fill(8)).thenRefused(by)),
    ];
    expect(await Promise.all(holding)).toEqual(holding.map(() => undefined));
  });

  it('fails when something else happens, and shows both', async () => {
    const failures = [
      filled(3).when(fill(4)).thenEvents(new Filled(5)),
      filled(3).when(fill(4)).thenNothing(),
      filled(3).when(fill(8)).thenEvents(new Filled(8)),
      filled(3).when(fill(4)).thenRefused(),
      filled(3).when(fill(8)).thenRefused('TANK_EMPTY'),
      filled(3).when(fill(4)).thenState({ content: 8 }),
      filled(3)
        .when(fill(4))
        .thenState(() => false),
    ].map(failure);
    const [first, ...others] = await Promise.all(failures);
    expect(first).toMatchObject({
      actual: [{ type: 'given-spec.filled', version: 1, data: new Filled(4) }],
      expected: [{ data: new Filled(5) }],
    });
    expect(others.every((each) => each instanceof AssertionError)).toBe(true);
  });

  it('fails when an event could not be stored, or something is refused too early', async () => {
    expect(await failure(filled(3).when(fill(-1)).thenEvents(new Filled(-1)))).toBeInstanceOf(Error);
    expect(await failure(filled(NaN).when(fill(1)).thenEvents(new Filled(1)))).toBeInstanceOf(Error);
    expect(await failure(filled(3).when(fill(8)).when(fill(1)).thenEvents(new Filled(1)))).toBeInstanceOf(Overflow);
    expect(await failure(filled(3).thenNothing())).toBeInstanceOf(TypeError);
  });
});

describe('A specification', () => {
  it('of a decider is about commands', async () => {
    await given(tank, new Filled(3)).when(4).thenEvents(new Filled(4));
    await given(tank).when(4).when(5).thenState(9);
    await given(tank)
      .when(4)
      .thenState((content) => content === 4);
    await given(tank, new Filled(3)).when(8).thenRefused(Overflow);
    await given(tank).when(0).thenNothing();
    expect(await failure(given(tank).when(4).thenState(5))).toBeInstanceOf(AssertionError);
  });

  it('fails when the state does not survive its snapshot', async () => {
    const filled = given(Forgetful, new Filled(9)).when((forgetful) => {
      forgetful.fill(5);
    });
    const message = expect.stringContaining('does not survive its snapshot') as string;
    expect(await failure(filled.thenRefused(Overflow))).toMatchObject({ message });
  });
});
