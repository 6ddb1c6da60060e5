/**
 * Runs tasks side by side, but those with a key in common one after the other, in the order they came. What a file says
 * about one customer thus happens in the file's order, however many others are taken in meanwhile.
 */
export class InTurn {
  private readonly last = new Map<string, Promise<void>>();
  private readonly running = new Set<Promise<void>>();
  private failure: { readonly error: unknown } | undefined;

  /** @param limit tasks at the same time at the most */
  constructor(private readonly limit: number) {}

  /**
   * Takes a task; resolves when there is room for another.
   *
   * @throws what an earlier task threw
   */
  async add(key: string, task: () => Promise<void>): Promise<void> {
    const before = this.last.get(key) ?? Promise.resolve();
    const done: Promise<void> = before
      .then(() => (this.failure ? undefined : task()))
      .catch((error: unknown) => void (this.failure ??= { error }))
      .finally(() => {
        this.running.delete(done);
        if (this.last.get(key) === done) this.last.delete(key);
      });
    this.last.set(key, done);
    this.running.add(done);
    while (this.running.size >= this.limit) await Promise.race(this.running);
    this.rethrow();
  }

  /**
   * Resolves when all tasks are done.
   *
   * @throws what one of them threw
   */
  async end(): Promise<void> {
    await Promise.all(this.running);
    this.rethrow();
  }

  private rethrow(): void {
    if (this.failure) throw this.failure.error;
  }
}
