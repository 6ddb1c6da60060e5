const NOTHING = Promise.resolve();

/**
 * Runs tasks side by side, but those with a key in common one after the other, in the order they came. What a file says
 * about one order thus happens in the file's order, however many others are taken in meanwhile; and whenever it is cut
 * short, what has happened to each key is a beginning of what was to happen.
 */
export class InTurn {
  private readonly last = new Map<string, Promise<void>>();
  private readonly waiting: (() => void)[] = [];
  private count = 0;
  private failure: { readonly error: unknown } | undefined;

  /** @param limit tasks at the same time at the most, those that wait for their turn included */
  constructor(private readonly limit: number) {}

  /**
   * Takes a task; resolves when there is room for another. After a failure no further task begins.
   *
   * @param keys what the task is about
   * @throws what an earlier task threw
   */
  async add(keys: readonly string[], task: () => Promise<void>): Promise<void> {
    this.count++;
    const done: Promise<void> = Promise.all(keys.map((key) => this.last.get(key) ?? NOTHING))
      .then(() => (this.failure ? undefined : task()))
      .catch((error: unknown) => void (this.failure ??= { error }))
      .finally(() => {
        this.count--;
        for (const key of keys) if (this.last.get(key) === done) this.last.delete(key);
        this.waiting.splice(0).forEach((look) => look());
      });
    for (const key of keys) this.last.set(key, done);
    await this.untilFewerThan(this.limit);
    this.rethrow();
  }

  /**
   * Resolves when all tasks are done.
   *
   * @throws what one of them threw
   */
  async end(): Promise<void> {
    await this.settled();
    this.rethrow();
  }

  /** Begins no further task, and resolves when none runs any more. */
  async stop(): Promise<void> {
    this.failure ??= { error: new Error('stopped') };
    await this.settled();
  }

  private async settled(): Promise<void> {
    await this.untilFewerThan(1);
  }

  private async untilFewerThan(limit: number): Promise<void> {
    while (this.count >= limit) await new Promise<void>((look) => this.waiting.push(look));
  }

  private rethrow(): void {
    if (this.failure) throw this.failure.error;
  }
}
