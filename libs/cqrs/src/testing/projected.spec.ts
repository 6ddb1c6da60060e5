import { describe, expect, it } from 'vitest';
import type { StreamEvent } from '@annals/event-store';
import { Fold } from '../projecting/fold.js';
import { Projection } from '../projecting/projection.js';
import { Balance, balances, Closed, Transferred } from './ledger.js';
import { on, projected } from './projected.js';

describe('A specification of a projection', () => {
  const ledger = balances('spec');
  const key = (account: string) => ({ ledger: 'spec', account });
  const spec = projected(ledger).after(on('t-1', new Transferred('a', 'b', 5), new Transferred('b', 'a', 5)));

  it('holds for the rows there are, by the fields it names', async () => {
    const row = spec.thenRow(key('a'), { amount: '0', moves: 2, partners: ['b'] });
    await expect(row).resolves.toBeUndefined();
    await expect(spec.thenRow(key('c'), undefined)).resolves.toBeUndefined();
    await expect(spec.thenRows(2)).resolves.toBeUndefined();
    await expect(spec.after(on('t-2', new Closed('a'))).thenRows(1)).resolves.toBeUndefined();
  });

  it('does not hold for any others', async () => {
    await expect(spec.thenRow(key('a'), { amount: '1' })).rejects.toThrow('The row');
    await expect(spec.thenRow(key('c'), { amount: '1' })).rejects.toThrow('There is no row');
    await expect(spec.thenRow(key('a'), undefined)).rejects.toThrow('There is a row');
    await expect(spec.thenRows(3)).rejects.toThrow('another number of rows');
    await expect(spec.thenFails('poison')).rejects.toThrow('No event failed so');
  });

  it('holds for what an event cannot do', async () => {
    @Projection({ name: 'refusing', rows: Balance })
    class Refusing {
      @Fold(Closed)
      closed(_row: Balance | undefined, { data }: StreamEvent<Closed>): Balance {
        throw new Error(`${data.account} may not be closed`);
      }
    }
    const refusing = projected(new Refusing()).after(on('t-1', new Closed('a')));
    await expect(refusing.thenFails('a may not be closed')).resolves.toBeUndefined();
  });

  it('finds out a projection that remembers from one batch to the next', async () => {
    let calls = 0;
    @Projection({ name: 'forgetful', rows: Balance })
    class Counting {
      @Fold(Closed)
      closed(): Balance {
        return Object.assign(new Balance(), { moves: (calls += 1) });
      }
    }
    const wrong = projected(new Counting()).after(on('t-1', new Closed('a')));
    await expect(wrong.thenRows(1)).rejects.toThrow('One event at a time makes other rows');
  });
});
