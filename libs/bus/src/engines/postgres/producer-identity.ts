import type { Database, Statement } from '@annals/postgres';

/** Under which name and in which term a process appends. */
export interface Identity {
  readonly id: number;
  readonly epoch: number;
}

/** This process as a producer: raising the epoch refuses whatever its lost connections may still bring. */
export class ProducerIdentity {
  readonly #ids: number[] = [];
  #current: Promise<Identity> | undefined;

  constructor(
    private readonly database: Database,
    private readonly sql: Readonly<Record<'register-producer' | 'raise-epoch', Statement>>,
  ) {}

  /** All that this process has been: what is searched for may have come under an earlier one. */
  get ids(): readonly number[] {
    return this.#ids;
  }

  /** Registers at the first call. */
  get(): Promise<Identity> {
    return this.#current ?? this.#become(this.#register(), undefined);
  }

  /** Begins a new term; one after the other. */
  raise(): Promise<Identity> {
    const before = this.get();
    const raised = before.then(async ({ id, epoch }) => {
      const [row] = await this.database.query<readonly [epoch: number]>(this.sql['raise-epoch'], [id, epoch]);
      return row === undefined ? this.#register() : { id, epoch: row[0] };
    });
    return this.#become(raised, before);
  }

  /** After a batch was refused: `refused` is not registered any more, unless a later term has begun. */
  async renew(refused: Identity): Promise<Identity> {
    const current = await this.get();
    if (current.id !== refused.id || current.epoch !== refused.epoch) return current;
    return this.#become(this.#register(), undefined);
  }

  async #register(): Promise<Identity> {
    const [row] = await this.database.query<readonly [number, number]>(this.sql['register-producer']);
    if (row === undefined) throw new Error('A producer was registered, but the database did not say how');
    this.#ids.push(row[0]);
    return { id: row[0], epoch: row[1] };
  }

  /** @param before what it stays when the change fails; undefined: to be registered by whoever asks next */
  #become(identity: Promise<Identity>, before: Promise<Identity> | undefined): Promise<Identity> {
    this.#current = identity;
    identity.catch(() => {
      if (this.#current === identity) this.#current = before;
    });
    return identity;
  }
}
