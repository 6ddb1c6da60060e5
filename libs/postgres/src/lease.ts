import type { Queries } from './database.js';
import { statements } from './statement.js';

/** A lease that is held: every write its holder makes carries the generation, and fails once another has taken over. */
export interface Lease {
  readonly name: string;
  readonly holder: string;
  readonly generation: number;
}

/** What became of a renewal. */
export type Renewal = { readonly renewed: true } | { readonly renewed: false; readonly because: 'lost' };

/**
 * Leases as rows, judged by the database's clock alone. A holder trusts its lease for less than it lasts: count from
 * before the renewal was sent.
 */
export class Leases {
  private readonly sql;

  /** @param schema the schema of Annals' tables */
  constructor(
    private readonly database: Queries,
    schema = 'annals',
  ) {
    this.sql = statements(import.meta.url, schema, ['acquire-lease', 'hold-lease', 'renew-lease', 'release-lease']);
  }

  /**
   * Takes the lease if it is free or its holder is late.
   * @param holder names one attempt, not a machine: two processes of one name must not be taken for each other
   * @param leaseMs how long it lasts without renewal
   * @returns undefined while another holds it
   */
  async acquire(name: string, holder: string, leaseMs: number): Promise<Lease | undefined> {
    const [row] = await this.database.query<[number]>(this.sql['acquire-lease'], [name, holder, leaseMs]);
    return row && { name, holder, generation: row[0] };
  }

  /** Prolongs the lease by `leaseMs` from now, unless it has run out or changed hands. */
  async renew(lease: Lease, leaseMs: number): Promise<Renewal> {
    const values = [lease.name, lease.holder, leaseMs, lease.generation];
    const [row] = await this.database.query<[number]>(this.sql['renew-lease'], values);
    return row ? { renewed: true } : { renewed: false, because: 'lost' };
  }

  /**
   * Whether the lease is held still, for the transaction of `connection`: who takes it over meanwhile comes after that.
   * @param connection with a transaction open
   */
  async isHeld(connection: Queries, lease: Lease): Promise<boolean> {
    const values = [lease.name, lease.holder, lease.generation];
    return (await connection.query(this.sql['hold-lease'], values)).length > 0;
  }

  /** Gives the lease back, so that the next need not wait for its end. */
  async release(lease: Lease): Promise<void> {
    await this.database.query(this.sql['release-lease'], [lease.name, lease.holder, lease.generation]);
  }
}
