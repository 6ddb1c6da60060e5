import type { Database, Statement } from '@annals/postgres';

/** Under which name and in which term a process appends. */
export interface Identity {
  readonly id: number;
  readonly epoch: number;
}

/** This process as a producer: raising the epoch refuses whatever its lost connections may still bring. */
export class ProducerIdentity {
  #current: Promise<Identity> | undefined;

  constructor(
    private readonly database: Database,
    private readonly sql: Readonly<Record<'register-producer' | 'raise-epoch', Statement>>,
  ) {}

  /** Registers at the first call. */
  get(): Promise<Identity> {
    return (this.#current ??= this.#keep(this.#register()));
  }

  /** Begins a new term; one after the other. */
  raise(): Promise<Identity> {
    const before = this.get();
    return (this.#current = this.#keep(
      before.then(async ({ id, epoch }) => {
        const [row] = await this.database.query<readonly [epoch: number]>(this.sql['raise-epoch'], [id, epoch]);
        return row === undefined ? this.#register() : { id, epoch: row[0] };
      }),
    ));
  }

  /** After a batch was refused: `refused` is not registered any more, unless a later term has begun. */
  async renew(refused: Identity): Promise<Identity> {
    const current = await this.get();
    if (current.id !== refused.id || current.epoch !== refused.epoch) return current;
    return (this.#current = this.#keep(this.#register()));
  }

  async #register(): Promise<Identity> {
    const [row] = await this.database.query<readonly [number, number]>(this.sql['register-producer']);
    if (row === undefined) throw new Error('A producer was registered, but the database did not say how');
    return { id: row[0], epoch: row[1] };
  }

  /** What fails is tried anew by the next. */
  #keep(identity: Promise<Identity>): Promise<Identity> {
    identity.catch(() => (this.#current = undefined));
    return identity;
  }
}
