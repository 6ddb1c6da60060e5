/**
 * Stands in the place of a personal value whose key has been erased: nobody can read it any more. In SQL and JSON it is
 * null.
 */
export class Shredded {
  /** @param subject whose value it was */
  constructor(readonly subject: string) {}

  toString(): string {
    return '[shredded]';
  }

  toJSON(): null {
    return null;
  }

  /** What the driver of Postgres binds. */
  toPostgres(): null {
    return null;
  }
}
