import { DomainEvent } from '@annals/event-store';
import type { StreamEvent } from '@annals/event-store';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { Fold } from '../projecting/fold.js';
import { Projection } from '../projecting/projection.js';
import type { ProjectionOptions } from '../projecting/projection.js';

@DomainEvent('ledger.transferred')
export class Transferred {
  constructor(
    readonly from: string,
    readonly to: string,
    readonly amount: number,
  ) {}
}

@DomainEvent('ledger.closed')
export class Closed {
  constructor(readonly account: string) {}
}

/** What a projection knows of an account: of many types, so that each has to survive. */
@Entity({ name: 'balance' })
export class Balance {
  @PrimaryColumn('text')
  ledger!: string;
  @PrimaryColumn('text')
  account!: string;
  @Column('numeric')
  amount!: string;
  @Column('int')
  moves!: number;
  @Column('text', { array: true })
  partners!: string[];
  @Column('jsonb')
  last!: { stream: string; revision: number };
  @Column('boolean')
  inDebt!: boolean;
  @Column('timestamptz', { nullable: true })
  closedAt!: Date | null;
}

export interface BalanceKey {
  readonly ledger: string;
  readonly account: string;
}

/** One event changes two rows; an account that is closed at zero disappears. */
export function balances(ledger: string, options: Partial<ProjectionOptions> = {}): object {
  const both = ({ data }: StreamEvent<Transferred>) => [
    { ledger, account: data.from },
    { ledger, account: data.to },
  ];
  @Projection({ name: ledger, rows: Balance, ...options })
  class Balances {
    @Fold(Transferred, both)
    transferred(row: Balance | undefined, event: StreamEvent<Transferred>, key: BalanceKey): Balance {
      const { data, stream, revision } = event;
      const sign = key.account === data.from ? -1 : 1;
      const partner = sign === -1 ? data.to : data.from;
      const next = row ?? opened(key);
      next.amount = String(Number(next.amount) + sign * data.amount);
      next.moves += 1;
      next.partners = [...new Set([...next.partners, partner])].sort();
      next.last = { stream, revision };
      next.inDebt = Number(next.amount) < 0;
      next.closedAt = null;
      return next;
    }

    @Fold(Closed, ({ data }) => ({ ledger, account: data.account }))
    closed(row: Balance | undefined): Balance | undefined {
      if (row === undefined || Number(row.amount) === 0) return undefined;
      row.closedAt = new Date('2011-12-09T12:50:00Z');
      return row;
    }
  }
  return new Balances();
}

const opened = ({ ledger, account }: BalanceKey): Balance =>
  Object.assign(new Balance(), {
    ...{ ledger, account, amount: '0', moves: 0, partners: [], inDebt: false, closedAt: null },
    last: { stream: '', revision: 0 },
  });
