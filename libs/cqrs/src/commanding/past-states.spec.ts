import { LogEventStore } from '@annals/event-store';
import type { RecordedEvent } from '@annals/event-store';
import { InMemoryLog, InMemoryUnitOfWork } from '@annals/log';
import type { Checkpoint } from '@annals/log';
import { describe, expect, it } from 'vitest';
import { Account, Deposited } from '../testing/bank.js';
import { repositoryOf } from './repository-of.js';

describe('A repository that looks back', () => {
  const log = new InMemoryLog();
  const store = new LogEventStore({ log, unitOfWork: new InMemoryUnitOfWork(log), wakesReaders: log });
  const accounts = repositoryOf(store, Account);
  const deposit = async (id: string, amount: number): Promise<Checkpoint> => {
    const { appended } = await accounts.change(id, (account) => {
      account.apply(new Deposited(amount));
    });
    return appended?.pending === false ? appended.checkpoint : [];
  };

  it('shows an aggregate as it was at a revision, a checkpoint, a token and a time', async () => {
    await deposit('1', 1);
    const second = await deposit('1', 10);
    await deposit('1', 100);
    const at = async (moment: Parameters<typeof accounts.loadAt>[1]) => {
      const account = await accounts.loadAt('1', moment);
      return account && [account.balance, account.revision];
    };
    expect(await at({ revision: 2 })).toEqual([11, 2]);
    expect(await at({ checkpoint: second })).toEqual([11, 2]);
    expect(await at({ checkpoint: await store.toToken(second) })).toEqual([11, 2]);
    expect(await at({ revision: 1, checkpoint: second })).toEqual([1, 1]);
    expect(await at({})).toEqual([111, 3]);
    expect(await at({ at: new Date(0) })).toBeUndefined();
    const events: RecordedEvent[] = [];
    for await (const event of store.read('account-1')) events.push(event as RecordedEvent);
    const last = events.at(-1)?.recordedAt as Date;
    expect(await at({ at: last })).toEqual([111, 3]);
  });

  it('knows nothing of an aggregate before its first event', async () => {
    const before = await store.head();
    await deposit('2', 1);
    expect(await accounts.loadAt('2', { checkpoint: before })).toBeUndefined();
    expect(await accounts.loadAt('nobody', { revision: 5 })).toBeUndefined();
  });
});
